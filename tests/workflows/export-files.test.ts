import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { type UnpackOptions, unpackCsv } from "#connectors/botify/unpack.ts";
import type { Errands } from "#core/errand.ts";
import type { Values } from "#core/form.ts";
import type { RunWithSteps } from "#core/run.ts";
import { noFaults } from "#sandbox/botify/faults.ts";
import { stepOf } from "../engine/world.ts";
import { openSandbox, type Sandbox } from "../sandbox/botify/world.ts";
import { type ExportWorld, openExportWorld, stop } from "./export-world.ts";

const rows = 10;
let sandbox: Sandbox;
let world: ExportWorld;
let at: string;

beforeAll(async () => {
  sandbox = await openSandbox();
  const { project } = sandbox.addSynthetic("shop", rows);
  at = `this-machine/${project}`;
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  world = await openExportWorld(sandbox, { errands: here });
});
afterEach(() => world.close());

/** Unpacks in this process: what is said of a file does not depend on where it is read, and a process for each costs a second. */
const here: Errands = {
  run: ({ order, signal }) =>
    unpackCsv({
      ...(order as UnpackOptions),
      signal: signal ?? new AbortController().signal,
    }) as Promise<never>,
};

/** What is exported, as it should be. */
const whole = `url,title\n${Array.from({ length: rows }, (_, n) => `https://a.example/${n},Page ${n}\n`).join("")}`;
const lines = (n: number) =>
  whole
    .split("\n")
    .slice(0, n + 1)
    .join("\n");
const comes = (text: string | Buffer) => {
  sandbox.faults.file = new Uint8Array(gzipSync(text));
};

const order = (answers: Record<string, Values> = {}, id?: string): Promise<RunWithSteps> =>
  (id === undefined ? world.start() : Promise.resolve(id)).then((run) =>
    world.through(run, {
      project: { project: at },
      columns: { columns: ["metadata.title.content"] },
      doubt: stop,
      ...answers,
    }),
  );
const posts = () => sandbox.calls("POST /v1/jobs");
const downloads = async (id: string) =>
  sandbox.calls(`GET /files/${(await world.exportOf(id)).jobId}.export/export.csv.gz`);
const asked = (found: RunWithSteps): string => JSON.stringify(stepOf(found, "doubt").form);

test("a file that holds what was counted and ordered is handed over without a question, and an undo names it", async () => {
  comes(whole);
  const { run, steps } = await order();
  expect(run.state).toBe("completed");
  expect(stepOf({ run, steps }, "doubt").state).toBe("skipped");
  expect(run.outcome?.sentence).toMatch(/^10 rows are saved as shop_.*\.csv\.$/);
  // What the list before an undo shows of it: the file that goes.
  expect(stepOf({ run, steps }, "check").detail).toMatch(/^shop_.*\.csv: 10 rows, as counted before$/);
});

test.each([
  ["no row at all", "url,title\n", "10 rows were counted before the export, and 0 came: 10 are missing."],
  ["8 of 10 rows", lines(8), "8 came: 2 are missing."],
  ["a row too many", `${whole}https://a.example/x,x`, "11 came: 1 too many."],
  ["an error line as the last row", `${lines(9)}\nError: quota exceeded`, "row 10."],
  [
    "an error line with as many values as a row has",
    `${lines(9)}\nError: quota exceeded, try again later`,
    "1 row begins with something else than the address of a page, which may be an error in place of data: row 10.",
  ],
  ["NUL in the header", whole.replace("title", "tit\0le"), "NUL or other control characters"],
  ["Latin-1", Buffer.from(whole.replaceAll("Page", "Café"), "latin1"), "bytes that are no UTF-8"],
  ["UTF-16 without its mark", Buffer.from(whole, "utf16le"), "UTF-16 without its mark"],
  [
    "another number of columns",
    whole.replaceAll(/,.*/g, ""),
    "2 columns were ordered, and the header has 1.",
  ],
  [
    "a last row that lacks three letters and its line break",
    whole.replace("Page 9\n", "A tit"),
    "it ends in “A tit”.",
  ],
  ["a last row that lacks its last value", whole.slice(0, -7), "Row 10 has no line break behind it"],
  ["rows without a header", whole.replace("url,title\n", ""), "The first line is no header but begins with"],
  ["words of an error as a file", "Quota exceeded", "2 columns were ordered, and the header has 1."],
])("%s: the run asks what is to become of the file, and nobody is handed it", async (_, file, doubt) => {
  comes(file);
  const found = await order();
  expect(found.run.state).toBe("asking");
  expect(asked(found)).toContain(doubt);
  expect((await world.exportOf(found.run.id)).status).toBe("doubted");
  await expect(world.engine.answer(found.run.id, "doubt", {}, "Ada")).rejects.toMatchObject({
    field: "what",
  });
  const kept = await order({ doubt: { what: "keep" } }, found.run.id);
  expect(kept.run.state).toBe("completed");
  expect(kept.run.outcome?.sentence).toContain("though they are not what was counted or ordered");
  expect((await world.exportOf(found.run.id)).status).toBe("ready");
});

test("of a zip whose part is empty the others are taken: told where no row is missing, asked about where some are", async () => {
  const packed = async (text: string) => {
    const archive = new ZipFile();
    archive.addBuffer(Buffer.from(text), "part-1.csv");
    archive.addBuffer(Buffer.alloc(0), "part-2.csv");
    archive.end();
    sandbox.faults.file = new Uint8Array(await buffer(archive.outputStream as Readable));
  };
  await packed(lines(8));
  const found = await order();
  expect(asked(found)).toContain("“part-2.csv” in the zip file is empty. What belongs there may be missing.");
  await packed(whole.replaceAll(",", ";"));
  const told = await order({ confirm: { how: "anew" } });
  expect(told.run.state).toBe("completed");
  const log = JSON.stringify(await world.store.logs(told.run.id, { after: null, limit: 100 }));
  expect(log).toContain("“part-2.csv” in the zip file is empty.");
  expect(log).toContain("It was written with semicolons between the values, and is kept with commas");
});

test("a server that ends no last line is asked about once, and told in the log from then on", async () => {
  const file = whole.replaceAll(/Page (\d)/g, (_, n) => "x".repeat(10 - n));
  comes(file.trimEnd());
  const first = await order();
  expect(asked(first)).toContain("Row 10 has no line break behind it");
  await order({ doubt: { what: "keep" } }, first.run.id);
  comes(file.replace("/9,x", "/9,y").trimEnd());
  const second = await order({ confirm: { how: "anew" } });
  expect(second.run.state).toBe("completed");
  const log = await world.store.logs(second.run.id, { after: null, limit: 100 });
  expect(JSON.stringify(log)).toContain("The last export from there that was kept ended so too.");
});

test("a doubted file can be fetched once more without a new order, or ordered anew", async () => {
  comes(lines(8));
  const found = await order();
  const before = posts();
  await world.engine.answer(found.run.id, "doubt", { what: "fetch" }, "Ada");
  const again = await world.when(found.run.id, ({ run }) => run.state === "asking" && run.undoTo === null);
  expect(asked(again)).toContain("2 are missing");
  expect(posts()).toBe(before);
  comes(whole);
  await world.engine.answer(found.run.id, "doubt", { what: "anew" }, "Ada");
  const done = await order({}, found.run.id);
  expect(done.run.state).toBe("completed");
  expect(posts()).toBe(before + 1);
  expect(done.run.outcome?.sentence).toMatch(/^10 rows are saved as [^,]*\.$/);
});

test("a damaged file is fetched anew by trying again, and only by that", async () => {
  sandbox.faults.file = new Uint8Array(gzipSync(whole).subarray(0, -9));
  const found = await order();
  expect(found.run.error?.message).toMatch(/cut on the way.* trying again fetches it anew\.$/);
  comes(whole);
  const [ordered, fetched] = [posts(), await downloads(found.run.id)];
  await world.engine.retry(found.run.id, "Ada");
  const done = await order({}, found.run.id);
  expect(done.run.state).toBe("completed");
  expect(posts()).toBe(ordered);
  expect(await downloads(found.run.id)).toBe(fetched + 1);
});

test("a file that was damaged twice is to be ordered anew, and going back there offers just that", async () => {
  sandbox.faults.file = new Uint8Array(gzipSync(whole).subarray(0, -9));
  const found = await order();
  await world.engine.retry(found.run.id, "Ada");
  const twice = await world.until(found.run.id, "failed", "completed");
  expect(twice.run.error).toMatchObject({
    wayOn: { back: "confirm", label: "Go back to “Check rows and cost”" },
    message: expect.stringMatching(/Go back to “Check rows and cost” to order the export anew\.$/),
  });
  comes(whole);
  await world.engine.rewind(found.run.id, "confirm", "Ada");
  const question = await order({ confirm: stop }, found.run.id);
  const { fields } = stepOf(question, "confirm").form ?? { fields: [] };
  const choice = fields.find((field) => field.kind === "choice");
  expect(choice).not.toHaveProperty("value");
  expect(JSON.stringify(choice)).not.toContain("under way");
  const done = await order({ confirm: { how: "anew" } }, found.run.id);
  expect(done.run.state).toBe("completed");
});

test("an export whose run failed is not offered as under way, and joining it fetches its file anew", async () => {
  sandbox.faults.file = new Uint8Array(gzipSync(whole).subarray(0, -9));
  await order();
  comes(whole);
  const second = await order({ confirm: stop });
  const form = JSON.stringify(stepOf(second, "confirm").form);
  expect(form).toContain("whose run did not come to its end. Before, it was rejected: The downloaded file");
  expect(form).not.toContain("under way");
  const before = posts();
  const done = await order({ confirm: { how: "existing" } }, second.run.id);
  expect(done.run.state).toBe("completed");
  expect(posts()).toBe(before);
});

test("an order that never got through, of a run that is over, is made by the next run", async () => {
  comes(whole);
  const earlier = await world.exportOf((await order()).run.id);
  await world.store.exports.markDeleted(earlier.id);
  const { row } = await world.store.exports.reserve(earlier, "a-run-that-is-gone", null);
  const before = posts();
  const { run } = await order();
  expect(run.state).toBe("completed");
  expect(posts()).toBe(before + 1);
  expect(await world.exportOf(run.id)).toMatchObject({ id: row.id, ownerRunId: run.id, status: "ready" });
});

test.each(["web page", "redirect", "missing", "refused"] as const)(
  "one look that is answered by %s does not end the wait for an export",
  async (odd) => {
    comes(whole);
    sandbox.faults.processingMs = 300_000;
    const words: string[] = [];
    world.engine.listen(({ events }) => {
      for (const event of events) {
        if (event.type !== "step.look") continue;
        words.push(event.word);
        if (words.length === 1) sandbox.faults.oddLooks = [odd];
        if (words.some((word) => word.startsWith("an odd answer"))) sandbox.faults.processingMs = 0;
      }
    });
    const { run } = await order();
    expect(run.state).toBe("completed");
    expect(words.filter((word) => word.startsWith("an odd answer; looking on."))).toHaveLength(1);
  },
);

test.each(["web page", "redirect", "missing", "refused"] as const)(
  "a job that is done and then answered for by %s has its file fetched all the same",
  async (odd) => {
    comes(whole);
    world.engine.listen(({ events }) => {
      if (
        events.some(
          (event) => event.type === "step.state" && event.stepId === "job" && event.to === "completed",
        )
      )
        sandbox.faults.oddLooks = [odd];
    });
    expect((await order()).run.state).toBe("completed");
    expect(sandbox.faults.oddLooks).toEqual([]);
  },
);

test("a job that was deleted after it was done leads to a new order, in words that blame nobody's writing", async () => {
  comes(whole);
  world.engine.listen(({ events }) => {
    if (
      events.some(
        (event) => event.type === "step.state" && event.stepId === "job" && event.to === "completed",
      )
    )
      sandbox.faults.oddLooks = Array(1_000).fill("missing");
  });
  const { run } = await order();
  sandbox.faults.oddLooks = [];
  expect(run.error).toMatchObject({
    wayOn: { back: "confirm" },
    message: expect.stringMatching(
      /^Botify does not know job \d+ any more; it may have been deleted there\./,
    ),
  });
});

test("an export whose download failed is not told as being downloaded, and trying again fetches it", async () => {
  comes(whole);
  sandbox.faults.endedLinks = 1_000;
  const { run } = await order();
  expect(run.error).toMatchObject({
    wayOn: { back: "confirm" },
    message: expect.stringContaining("HTTP 400"),
  });
  expect((await world.exportOf(run.id)).status).toBe("failed");
  sandbox.faults.endedLinks = 0;
  await world.engine.retry(run.id, "Ada");
  expect((await order({}, run.id)).run.state).toBe("completed");
});

test("a link that ended is replaced, whatever 4xx the cloud says it with", async () => {
  sandbox.faults.endedLinks = 1;
  expect((await order()).run.state).toBe("completed");
});

test("an error of the export that recommends something leads there by one button", async () => {
  sandbox.faults.failJobs = "The storage is full";
  const { run } = await order();
  expect(run.error).toMatchObject({
    message: expect.stringContaining("Go back to “Check rows and cost” to order it anew"),
    wayOn: { back: "confirm", label: "Go back to “Check rows and cost”" },
  });
});
