import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, readyExport, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const pollOf = (html: string): string =>
  /data-live-list[^>]*hx-get="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";
const text = async (path: string) => (await site.get(path)).text();

test.each(["/runs", "/runs?state=asking", "/workflows/colours"])(
  "what %s lists comes anew when a run changes, and costs nothing until then",
  async (path) => {
    const runId = await site.asking("Ada L.");
    const poll = pollOf(await text(path));
    expect(poll).not.toBe("");
    expect((await site.get(poll)).status).toBe(204);
    await site.engine.cancel(runId, "Ada");
    await site.engine.settled(runId, 5_000, new AbortController().signal);
    const anew = await site.get(poll);
    expect(anew.status).toBe(200);
    const html = await anew.text();
    if (path === "/runs?state=asking") expect(html).not.toContain(runId);
    else expect(html).toMatch(new RegExp(`${runId}[^]*Cancelled`));
    expect((await site.get(pollOf(html))).status).toBe(204);
  },
);

test("a file that somebody deletes is shown as deleted to those who look at the exports", async () => {
  const id = await readyExport(site, "url\na\n");
  await site.asking("so that the list is read again");
  const poll = pollOf(await text("/exports"));
  expect((await site.get(poll)).status).toBe(204);
  await site.post(`/exports/${id}/delete`);
  expect(await text(poll)).toContain("File deleted");
});

test("a page that does not keep itself fresh says how old it is; one that does, does not", async () => {
  for (const path of ["/connections", "/apps", "/settings"])
    expect(await text(path)).toMatch(/This page is as of .*data-ago=/);
  for (const path of ["/", "/runs", "/exports"]) expect(await text(path)).not.toContain("This page is as of");
});
