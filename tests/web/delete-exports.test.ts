import { afterAll, beforeAll, expect, test } from "vitest";
import { ada } from "../people/ada.ts";
import { openSite, readyExport, type Site, whence } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const text = async (path: string, cookie = site.cookie) => (await site.get(path, { cookie })).text();
const deleting = (ids: readonly string[], cookie = site.cookie) =>
  site.app.request("/exports/delete", {
    method: "POST",
    body: new URLSearchParams(ids.map((id): [string, string] => ["export", id])),
    headers: { Host: "localhost:3000", Accept: "text/html", Cookie: cookie, "Sec-Fetch-Site": "same-origin" },
  });

test("the files of the exports that are chosen are deleted after a question; one that has none is named, and their rows stay", async () => {
  const [one, two, gone, kept] = (await Promise.all(
    [1, 2, 3, 4].map(() => readyExport(site, "url\na\n")),
  )) as [string, string, string, string];
  await site.post(`/exports/${gone}/delete`);
  const page = await text("/exports");
  expect([...page.matchAll(/name="export" value="([^"]+)"/g)].map(([, id]) => id).sort()).toEqual(
    [one, two, kept].sort(),
  );
  expect(page).toMatch(/<details class="confirm"[^>]*><summary[^>]*>Delete the chosen…/);
  const told = await (await deleting([one, two, two, gone, "no-such-export"])).text();
  expect(told).toContain("2 files are deleted.");
  expect(told).toContain("This export has no file to delete.");
  expect(told).toContain("One of them: There is no such export.");
  const status = async (id: string) => (await site.store.exports.get(id))?.status;
  expect(await Promise.all([one, two, gone, kept].map(status))).toEqual([
    "deleted",
    "deleted",
    "deleted",
    "ready",
  ]);
  expect((await site.get(`/exports/${one}/file`)).status).toBe(410);
  expect((await site.store.accounts.audits(3)).map(({ did }) => did)).toEqual(
    Array(3).fill("deleted the file of an export"),
  );
  expect((await deleting([])).status).toBe(400);
});

test("nobody deletes by choosing what they could not delete by its own button", async () => {
  const id = await readyExport(site, "url\na\n");
  await site.store.exports.takeOver(id, "run-1", await site.asking("of somebody else"));
  for (const role of ["viewer", "operator"] as const) {
    const { link } = await site.deps.people.invite({ name: role, role }, ada);
    const cookie = `milepost=${await site.deps.signIn.useLink(link, whence)}`;
    expect(await text("/exports", cookie)).not.toContain(`name="export" value="${id}"`);
    const answer = await deleting([id], cookie);
    if (role === "viewer") expect(answer.status).toBe(403);
    else expect(await answer.text()).toContain("may not start, control or change this");
    expect((await site.store.exports.get(id))?.status).toBe("ready");
  }
});
