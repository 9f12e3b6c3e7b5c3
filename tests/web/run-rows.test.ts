import { afterAll, beforeAll, expect, test } from "vitest";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { colours, openSite, readyExport, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const rowsOf = async (path: string): Promise<string[]> =>
  [...(await (await site.get(path)).text()).matchAll(/<li id="runs-([^"]+)"/g)].map(([, id = ""]) => id);
/** The row of a run, as the list shows it. */
const row = async (id: string): Promise<string> => {
  const html = await (await site.get("/runs")).text();
  return html.slice(html.indexOf(`<li id="runs-${id}"`)).split("</li>")[0] ?? "";
};

test("a row offers what its run allows: cancel while it is under way, again once it is over", async () => {
  const id = await site.asking();
  expect(await row(id)).toContain(`action="/runs/${id}/cancel"`);
  expect(await row(id)).not.toContain(`action="/runs/${id}/clone"`);
  await site.engine.cancel(id, "Ada");
  await site.engine.settled(id, 5_000, AbortSignal.timeout(10_000));
  expect(await row(id)).not.toContain(`action="/runs/${id}/cancel"`);
  expect(await row(id)).toContain(`action="/runs/${id}/clone"`);
});

test("a row offers a file for download as long as it is there", async () => {
  let exportId = "";
  const hands = workflow("hands", "Hands", "Hands a file over.", start({ subject: () => "a file" }))
    .do("make", "Make", { run: async () => null })
    .hands(() => ({ sentence: "Done.", exportId }));
  const other = await openSite({ workflows: [hands] });
  exportId = await readyExport(other, "a\n1\n");
  const { runId } = await other.engine.start("hands", {}, "Ada");
  await other.engine.settled(runId, 5_000, AbortSignal.timeout(10_000));
  const link = `href="/exports/${exportId}/file"`;
  expect(await (await other.get("/runs")).text()).toContain(link);
  await other.post(`/exports/${exportId}/delete`);
  expect(await (await other.get("/runs")).text()).not.toContain(link);
  await other.close();
});

test("the runs that are chosen are cancelled, those that cannot be are named with the reason, and none chosen is refused", async () => {
  const [one, two, over] = [await site.asking("One"), await site.asking("Two"), await site.asking("Over")];
  await site.engine.cancel(over, "Ada");
  const body = new URLSearchParams(
    [one, two, over, "no-such-run"].map((id): [string, string] => ["run", id]),
  );
  const answer = await site.app.request("/runs/cancel", {
    method: "POST",
    body,
    headers: {
      Host: "localhost:3000",
      Accept: "text/html",
      Cookie: site.cookie,
      "Sec-Fetch-Site": "same-origin",
    },
  });
  const html = await answer.text();
  expect(html).toContain("2 runs were told to stop.");
  expect(html).toContain("A run that is cancelled cannot be cancelled.");
  expect(html).toContain("no-such-run");
  for (const id of [one, two]) expect((await site.engine.picture(id)).state).toBe("cancelled");
  expect((await site.post("/runs/cancel")).status).toBe(400);
});

test("a list can be narrowed to days, in the reader's own time, and its address says so; by programs to any moments", async () => {
  const now = () => Date.parse("2026-03-10T23:30:00Z");
  const store = await newStore();
  const dated = await openSite({
    store,
    workflows: [colours()],
    deps: { clock: { ...site.deps.clock, now } },
  });
  const ids: string[] = [];
  for (const at of ["2026-03-01T12:00:00Z", "2026-03-09T23:10:00Z", "2026-03-10T22:00:00Z"]) {
    const id = `run-${at.slice(0, 10)}`;
    await store.createRun(
      {
        id,
        workflowId: "colours",
        title: "Colours",
        subject: at,
        mode: "automatic",
        input: {},
        values: {},
        secrets: null,
        lock: null,
        createdAt: Date.parse(at),
        createdBy: "Ada",
        starter: "owner",
        wakeAt: null,
      },
      [],
      [{ type: "run.created", by: "Ada" }],
    );
    ids.unshift(id);
  }
  const rows = async (query: string) => {
    const html = await (await dated.get(`/runs?${query}`)).text();
    return [...html.matchAll(/<li id="runs-([^"]+)"/g)].map(([, id = ""]) => id);
  };
  const [tenth, ninth, first] = ids;
  expect(await rows("")).toEqual(ids);
  expect(await rows("period=day")).toEqual([tenth]);
  expect(await rows("period=week")).toEqual([tenth, ninth]);
  expect(await rows("from=2026-03-10")).toEqual([tenth]);
  // Late in the evening it is the next day already, an hour to the east.
  expect(await rows("from=2026-03-10&zone=60")).toEqual([tenth, ninth]);
  expect(await rows("to=2026-03-09")).toEqual([ninth, first]);
  expect(await rows("from=2026-03-02&to=2026-03-09&search=colours&workflowId=colours")).toEqual([ninth]);
  expect(await rows("from=nonsense&period=year")).toEqual(ids);
  const told = async (query: string) => {
    const answer = await dated.call("GET", `/api/runs?${query}`);
    return ((await answer.json()) as { rows: { id: string }[] }).rows.map(({ id }) => id);
  };
  const at = (day: number) => Date.UTC(2026, 2, day);
  expect(await told(`since=${at(9)}`)).toEqual([tenth, ninth]);
  expect(await told(`until=${at(10)}`)).toEqual([ninth, first]);
  expect(await told(`since=${at(2)}&until=${at(10)}&search=colours`)).toEqual([ninth]);
  expect((await dated.call("GET", "/api/runs?since=yesterday")).status).toBe(400);
  await dated.close();
});

test("what is typed is found in runs, workflows and pages, each with where it leads, with and without JavaScript", async () => {
  const id = await site.asking("Needle in the hay");
  const page = await (await site.get("/find?words=needle")).text();
  expect(page).toContain(`href="/runs/${id}"`);
  expect(page).not.toContain('<a href="/workflows/colours">');
  const fragment = await (
    await site.get("/find?words=COLOURS", { headers: { "HX-Request": "true" } })
  ).text();
  expect(fragment.startsWith('<ul class="found">')).toBe(true);
  expect(fragment).toContain('href="/workflows/colours"');
  const all = await (await site.get("/find", { headers: { "HX-Request": "true" } })).text();
  for (const href of ["/runs", "/exports", "/settings"]) expect(all).toContain(`href="${href}"`);
  expect(await (await site.get("/find?words=zzzz")).text()).toContain("Nothing has these words in it.");
});

test("the rows of a filtered list are those of its address", async () => {
  const id = await site.asking("Only me");
  expect(await rowsOf("/runs?search=only%20me&state=asking&period=day")).toEqual([id]);
});
