import { afterAll, beforeAll, expect, test } from "vitest";
import { text } from "#core/field-kinds.ts";
import { everything } from "#core/rights.ts";
import { item, start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { ada } from "../people/ada.ts";
import { readEvents } from "./event-reader.ts";
import { listen } from "./listen.ts";
import { readMessages } from "./message-reader.ts";
import { quick } from "./quick.ts";
import { openSite, readyExport, type Site } from "./site.ts";

const patient = "Ernestine Example";
const one = workflow("one", "One ward", "For tests.", item<{ ward: string; patient: string }>())
  .do("tidy", "Tidy a ward", {
    run: async ({ input, log }) => log(`${input.patient} lies in ${input.ward}`),
  })
  .hands((input) => ({ sentence: `${input.ward} is tidy for ${input.patient}.` }));
const wards = workflow(
  "wards",
  "Wards",
  "For tests.",
  start({
    fields: [text("patient", "Patient", { private: true, required: true })],
    subject: () => "all",
  }),
)
  .each("each-ward", "Each ward", {
    flow: one,
    of: ({ input: { patient } }) => [{ key: "north", input: { ward: "north", patient } }],
  })
  .hands(() => ({ sentence: "All are tidy." }));

let site: Site;
let itemRun: string;
let by: typeof ada;
let headers: Record<string, string>;
beforeAll(async () => {
  site = await openSite({ workflows: [wards, quick] });
  const { runId } = await site.engine.start("wards", { patient }, "Ada");
  await site.engine.settled(runId, 20_000, new AbortController().signal);
  const [found] = (await site.engine.runs({ workflowId: "wards.each-ward", limit: 1 })).rows;
  itemRun = found?.id ?? "";
  const { person } = await site.deps.people.invite({ name: "Bob", role: "operator" }, ada);
  by = { kind: "person", id: person.id, name: "Bob", personId: person.id };
  const { secret } = await site.deps.tokens.create({ name: "Bob", scope: everything, lastsMs: null }, by);
  headers = { Authorization: `Bearer ${secret}`, Accept: "application/json" };
});
afterAll(() => site.close());

test("what was typed into private fields is blotted out of an item's run, too, where that is shared or reported", async () => {
  const asked = { runId: itemRun, title: "North", days: 1, files: false };
  const { secret } = await site.deps.shares.make(asked, ada);
  const page = await (await site.app.request(`/shared/${secret}`, { headers: { host: "localhost" } })).text();
  expect(page).toContain("north is tidy for •••.");
  expect(page).not.toContain(patient);
  const report = await (await site.get(`/runs/${itemRun}/report.md`)).text();
  expect(report).toContain("north is tidy for •••.");
  expect(report).not.toContain(patient);
  const server = await listen(site);
  try {
    const told = await readEvents(server.origin, `/shared/${secret}/events`, {});
    await expect.poll(() => JSON.stringify(told.events)).toMatch(/"to":"completed"[^}]*"type":"run.state"/);
    expect(JSON.stringify(told.events)).not.toContain(patient);
  } finally {
    server.close();
  }
});

test("runs of items are hidden with the workflow whose step made them: from feeds, exports, numbers and links that were made before", async () => {
  const exported = await site.store.exports.get(await readyExport(site, "url\n", "of-an-item.csv"));
  const ofItem = { ...exported, queryHash: "of an item" };
  const { row } = await site.store.exports.reserve(ofItem as never, itemRun, null);
  const { secret } = await site.deps.shares.make(
    { runId: itemRun, title: "North", days: 1, files: false },
    by,
  );
  const server = await listen(site);
  const told = async () => {
    const texts = await Promise.all(
      ["/api/exports", "/api/exports?search=a", "/metrics", "/api/runs?workflowId=wards.each-ward"].map(
        async (path) => (await site.app.request(path, { headers })).text(),
      ),
    );
    const feed = await readMessages<{ runId: string }>(server.origin, "/ws/runs?since=0", headers);
    const { runId } = await site.engine.start("quick", {}, "Ada");
    await feed.until((messages) => messages.some((message) => message.runId === runId));
    feed.close();
    texts.push(JSON.stringify(feed.messages));
    const words = [row.id, "wards.each-ward", itemRun];
    return {
      words: words.filter((word) => texts.some((text) => text.includes(word))),
      status: (await site.app.request(`/shared/${secret}`, { headers: { host: "localhost" } })).status,
    };
  };
  try {
    expect(await told()).toEqual({ words: [row.id, "wards.each-ward", itemRun], status: 200 });
    const nobody = { roles: [], people: [] };
    await site.deps.access.say({ kind: "workflow", id: "wards", title: "Wards" }, { see: nobody }, ada);
    expect(await told()).toEqual({ words: [], status: 404 });
  } finally {
    server.close();
  }
});
