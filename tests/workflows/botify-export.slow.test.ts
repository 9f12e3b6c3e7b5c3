import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ThisBotify } from "#main/this-botify.ts";
import { noFaults } from "#sandbox/botify/faults.ts";
import { stepOf } from "../engine/world.ts";
import { type ExportWorld, openExportWorld, startSandbox, stop } from "./export-world.ts";

let sandbox: ThisBotify;
let endSandbox: () => Promise<void>;
let world: ExportWorld;

beforeAll(async () => {
  ({ sandbox, end: endSandbox } = await startSandbox());
});
afterAll(() => endSandbox());
beforeEach(async () => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  world = await openExportWorld(sandbox);
});
afterEach(() => world.close());

const rowsOf = async (): Promise<string[][]> => {
  const { rows } = await world.store.exports.list({ limit: 1 });
  return parse(await readFile(join(world.dataDir, rows[0]?.filePath ?? "")), { relax_column_count: false });
};
const posts = () => sandbox.calls("POST /v1/jobs");

test("pressing only the buttons gives a file with every URL of the site, and odd titles survive in it", async () => {
  const id = await world.start();
  const at = await world.through(id);
  expect(at.run.error).toBeNull();
  expect(at.run.state).toBe("completed");
  const row = await world.exportOf(id);
  const [header, ...rows] = await rowsOf();
  expect(header).toEqual([
    "url",
    "metadata.title.content",
    "metadata.description.content",
    "metadata.h1.contents",
  ]);
  expect(rows).toHaveLength(row.rows ?? -1);
  expect(row).toMatchObject({ status: "ready", expectedRows: row.rows });
  const titles = rows.map((cells) => cells[1]);
  expect(titles).toContain("<img src=x onerror=alert(1)>");
  expect(titles).toContain('The "Fox" tent, the "best" one');
  expect(titles.some((title) => /^A title\nover two\r?\nlines$/.test(title ?? ""))).toBe(true);
  expect(titles).toContain("テント・軽量モデル");
  expect(titles).toContain("");
  expect(row.preview?.length).toBe(50);
  expect(at.run.subject).toContain("this-machine/sample-site");
});

test("every question tells what it must: projects, crawls with marks, running totals, exact rows and credits, the call without the token", async () => {
  const id = await world.start();
  const project = await world.through(id, { project: stop });
  expect(JSON.stringify(stepOf(project, "project").form)).toContain("sample-site");
  const analysis = await world.through(id, { analysis: stop });
  expect(JSON.stringify(stepOf(analysis, "analysis").form)).toContain('"marks":["newest"]');
  const depth = await world.through(id, { depth: stop });
  const table = stepOf(depth, "depth").form?.fields.find((field) => field.kind === "choice");
  expect(table).toMatchObject({ columns: ["Depth", "URLs here", "Running total", "Left out"], value: "5" });
  const confirm = JSON.stringify(stepOf(await world.through(id, { confirm: stop }), "confirm").form);
  expect(confirm).toContain('"label":"Rows","value":"408"');
  expect(confirm).toContain('"label":"Export credits","value":"408"');
  expect(confirm).toContain("$BOTIFY_TOKEN");
  expect(confirm).not.toContain(sandbox.token);
});

test("a smaller depth, other columns and a filter with not give exactly the rows that were counted", async () => {
  const id = await world.start();
  await world.through(id, {
    depth: { depth: "3" },
    columns: {
      columns: ["http_code", "metadata.title.content"],
      match: "and",
      g0: "1",
      "g0.match": "or",
      "g0.r0": "1",
      "g0.r0.field": "http_code",
      "g0.r0.predicate": "eq",
      "g0.r0.value": "200",
      "g0.r0.not": "1",
      "g0.r1": "1",
      "g0.r1.field": "metadata.title.content",
      "g0.r1.predicate": "contains",
      "g0.r1.value": "Fox",
    },
  });
  const row = await world.exportOf(id);
  const [header, ...rows] = await rowsOf();
  expect(header).toEqual(["url", "http_code", "metadata.title.content"]);
  expect(rows.length).toBeGreaterThan(10);
  expect(row.expectedRows).toBe(rows.length);
  for (const [, code, title] of rows) expect(code !== "200" || title?.includes("Fox")).toBe(true);
});

test("a choice that drops URLs says how many before anybody agrees to it", async () => {
  const id = await world.start();
  const columns = { columns: ["outlinks_internal.graph.url"] };
  const confirm = JSON.stringify(stepOf(await world.through(id, { columns, confirm: stop }), "confirm").form);
  const [, none, all] = /With a row for each link, (\d+) of the (\d+) URLs have no row/.exec(confirm) ?? [];
  const found = await world.through(id);
  expect(found.run.state).toBe("completed");
  const [, ...rows] = await rowsOf();
  expect(Number(all)).toBe(408);
  expect(new Set(rows.map(([url]) => url)).size).toBe(Number(all) - Number(none));
});

test.each([
  ["project", { project: "https://example.com/a/b" }, "project"],
  ["project", { project: "https://app.botify.com/only-org" }, "project"],
  ["project", { project: "this-machine/no-such-site" }, null],
  ["analysis", { analysis: "20000101" }, "analysis"],
  ["depth", { depth: "99" }, "depth"],
  ["columns", { columns: ["no.such.field"] }, "columns"],
  [
    "columns",
    { g0: "1", "g0.r0": "1", "g0.r0.field": "depth", "g0.r0.predicate": "eq", "g0.r0.value": "deep" },
    "g0.r0.value",
  ],
  [
    "columns",
    { g0: "1", "g0.r0": "1", "g0.r0.field": "", "g0.r0.predicate": "eq", "g0.r0.value": "" },
    "g0.r0.field",
  ],
] as const)(
  "a wrong answer to %s (%o) is refused with a sentence, and the question stays",
  async (step, wrong, field) => {
    const id = await world.start();
    await world.through(id, { [step]: stop });
    const refused = await world.engine.answer(id, step, wrong, "Ada").then(
      () => null,
      (error: unknown) => error as { message: string; field?: string },
    );
    expect(refused?.message).toMatch(/^[A-Z“].{15,}[.!]”?$|such as https/s);
    if (field !== null) expect(refused?.field).toBe(field);
    expect(stepOf(await world.run(id), step).state).toBe("asking");
  },
);

test("the buttons of the columns question redraw it with everything typed so far, and save nothing", async () => {
  const id = await world.start();
  await world.through(id, { columns: stop });
  const before = (await world.run(id)).run.version;
  const draft = { columns: ["depth"], search: "redirect" };
  const searched = JSON.stringify(await world.engine.redraw(id, "columns", draft, "search"));
  expect(searched).toContain("redirect.to.url");
  expect(searched).toContain('"values":["depth"]');
  const withGroup = await world.engine.redraw(id, "columns", draft, "add-group");
  expect(JSON.stringify(withGroup)).toContain('"name":"g0.r0.field"');
  const template = await world.engine.redraw(id, "columns", {}, "template:not-compliant");
  expect(JSON.stringify(template)).toContain("compliant.main_reason");
  expect((await world.run(id)).run.version).toBe(before);
});

test("the same query again offers the finished file without a new job, and exports anew only when told so", async () => {
  await world.through(await world.start());
  const before = posts();
  const again = await world.start();
  const at = await world.through(again, { confirm: stop });
  expect(JSON.stringify(stepOf(at, "confirm").form)).toContain("Use the file that is here");
  await expect(world.engine.answer(again, "confirm", {}, "Ada")).rejects.toMatchObject({ field: "how" });
  await world.engine.answer(again, "confirm", { how: "existing" }, "Ada");
  const done = await world.through(again);
  expect(done.run.state).toBe("completed");
  expect(stepOf(done, "create-job").state).toBe("skipped");
  expect(posts()).toBe(before);

  const anew = await world.start();
  const finished = await world.through(anew, { confirm: { how: "anew" } });
  expect(finished.run.state).toBe("completed");
  expect(posts()).toBe(before + 1);
});

test("two runs that want the same export make one job, and both hand over the same file", async () => {
  sandbox.faults.processingMs = 300_000;
  const before = posts();
  const [one, two] = [await world.start(), await world.start()];
  await world.through(one, { confirm: stop });
  await world.through(two, { confirm: stop });
  // "existing" means "new" where nothing is there yet, so either may come first.
  const how = { how: "existing" };
  await Promise.all([
    world.engine.answer(one, "confirm", how, "Ada"),
    world.engine.answer(two, "confirm", how, "Bo"),
  ]);
  for (const id of [one, two]) await world.when(id, (at) => stepOf(at, "job").state === "waiting");
  sandbox.faults.processingMs = 0;
  const [first, second] = await Promise.all([world.through(one), world.through(two)]);
  expect([first.run.state, second.run.state]).toEqual(["completed", "completed"]);
  expect(posts()).toBe(before + 1);
  expect(first.run.outcome?.exportId).toBe(second.run.outcome?.exportId);
});

test("when the run that ordered an export is cancelled, the one that joined takes it over", async () => {
  sandbox.faults.processingMs = 300_000;
  const [one, two] = [await world.start(), await world.start()];
  await world.through(one, { confirm: stop });
  await world.through(two, { confirm: stop });
  await world.engine.answer(one, "confirm", {}, "Ada");
  await world.when(one, (at) => stepOf(at, "job").state === "waiting");
  await expect(world.engine.answer(two, "confirm", {}, "Bo")).rejects.toMatchObject({
    code: "bad-answer",
    field: "how",
  });
  await world.engine.answer(two, "confirm", { how: "existing" }, "Bo");
  await world.when(two, (at) => stepOf(at, "job").state === "waiting");
  await world.engine.cancel(one, "Ada");
  await world.when(one, (at) => at.run.state === "cancelled");
  sandbox.faults.processingMs = 0;
  const done = await world.through(two);
  expect(done.run.state).toBe("completed");
  expect((await world.run(one)).run.cancel?.note).toContain("cannot be told to stop");
});

test("a paused export says that Botify goes on with it, as it does, and is fetched when the run goes on", async () => {
  sandbox.faults.processingMs = 300_000;
  const before = posts();
  const id = await world.start();
  await world.through(id, { confirm: stop });
  await world.engine.answer(id, "confirm", {}, "Ada");
  await world.when(id, (at) => (stepOf(at, "job").waiting?.looks ?? 0) > 0);
  await world.engine.pause(id, "Ada");
  const paused = await world.until(id, "paused");
  expect(stepOf(paused, "job").waiting?.paused).toEqual({
    sentence: "Milepost does not look. The export itself goes on at Botify.",
    stopped: false,
  });
  sandbox.faults.processingMs = 0;
  await world.engine.resume(id, "Ada");
  expect((await world.through(id)).run.state).toBe("completed");
  expect(posts()).toBe(before + 1);
});

test("a lost answer to the order never makes a second job", async () => {
  sandbox.faults.loseCreateAnswer = 1;
  const before = posts();
  const id = await world.start();
  const done = await world.through(id);
  expect(done.run.state).toBe("completed");
  expect(posts()).toBe(before + 1);
  expect(stepOf(done, "create-job").attempt).toBeGreaterThan(1);
});

test("a job that fails stops the run with the other side's reason, and the query is free to be ordered anew", async () => {
  sandbox.faults.failJobs = "The storage is full";
  const id = await world.start();
  const failed = await world.through(id);
  expect(failed.run.state).toBe("failed");
  expect(failed.run.error?.message).toContain("The storage is full");
  expect((await world.exportOf(id)).status).toBe("failed");
  sandbox.faults.failJobs = null;
  await world.engine.rewind(id, "confirm", "Ada");
  expect((await world.through(id)).run.state).toBe("completed");
});

test("an unknown state keeps waiting and shows the word", async () => {
  sandbox.faults.stateWord = "SIMMERING";
  sandbox.faults.processingMs = 300_000;
  const id = await world.start();
  const words = new Set<string>();
  world.engine.listen(({ events }) => {
    for (const event of events) if (event.type === "step.look") words.add(event.word);
    if (words.has("SIMMERING")) sandbox.faults.processingMs = 0;
  });
  expect((await world.through(id)).run.state).toBe("completed");
  expect([...words]).toContain("SIMMERING");
});

test.each([
  ["gzip-members", "gzip", false],
  ["zip", "zip", true],
  ["plain", "plain", true],
] as const)("a file that comes as %s is the same clean CSV", async (format, told, sepLine) => {
  sandbox.faults.format = format;
  sandbox.faults.sepLine = sepLine;
  const id = await world.start();
  expect((await world.through(id)).run.state).toBe("completed");
  const [header] = await rowsOf();
  expect(header?.[0]).toBe("url");
  const log = await world.store.logs(id, { after: null, limit: 100 });
  expect(log.some((line) => line.text.includes(`Unpacked as ${told}`))).toBe(true);
});

test("a download that is cut off goes on where it stopped, and a link that expired meanwhile is replaced", async () => {
  sandbox.faults.format = "plain";
  sandbox.faults.cutDownload = { afterBytes: 20_000, times: 2 };
  const id = await world.start();
  const done = await world.through(id);
  expect(done.run.state).toBe("completed");
  const log = await world.store.logs(id, { after: null, limit: 100 });
  expect(log.some((line) => /Saved \d+ bytes; .* with [3-9] requests/.test(line.text))).toBe(true);
});

test.each([
  ["absolute job addresses", { absoluteJobUrl: true }],
  ["job ids as texts", { stringJobId: true }],
  ["a few answers of 429", { tooMany: 2 }],
] as const)("%s change nothing", async (_, faults) => {
  Object.assign(sandbox.faults, faults);
  expect((await world.through(await world.start())).run.state).toBe("completed");
});

test("a refused token stops with a sentence that says where to get a new one, and retry goes on from there", async () => {
  const id = await world.start();
  await world.through(id, { confirm: stop });
  sandbox.faults.unauthorized = true;
  await expect(world.engine.answer(id, "confirm", {}, "Ada")).rejects.toMatchObject({
    message: expect.stringContaining("token"),
  });
  sandbox.faults.unauthorized = false;
  expect((await world.through(id)).run.state).toBe("completed");
});

test("an answer that is no JSON is told as such, with its beginning", async () => {
  sandbox.faults.htmlInsteadOfJson = true;
  const id = await world.start();
  const failed = await world.until(id, "failed", "waiting");
  const words = failed.run.error?.message ?? stepOf(failed, "project").waiting?.word;
  expect(words).toMatch(/.{10,}/);
});

test("undo removes the file that the run saved, and the registry says so", async () => {
  const id = await world.start();
  await world.through(id);
  const { filePath } = await world.exportOf(id);
  await world.engine.undo(id, "Ada");
  await world.until(id, "undone");
  expect(await world.files.size(filePath ?? "")).toBeNull();
  expect((await world.exportOf(id)).status).toBe("deleted");
});

test("an export that is run again asks only what to do about the file that is here, and that once", async () => {
  const first = await world.start();
  await world.through(first, { depth: { depth: "3" } });
  const again = await world.engine.clone(first, "Ada");
  const at = await world.until(again.runId, "asking");
  expect(at.steps.filter(({ state }) => state === "completed").map(({ id }) => id)).toEqual([
    "project",
    "analysis",
    "depth",
    "columns",
  ]);
  expect(stepOf(at, "depth").result).toMatchObject({ maxDepth: 3 });
  expect((await world.through(again.runId)).run.state).toBe("completed");
  // To use the file that is there can be said once and for all.
  const third = await world.engine.clone(again.runId, "Ada");
  expect((await world.until(third.runId, "asking", "completed")).run.state).toBe("completed");
});
