import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { noFaults } from "#sandbox/botify/faults.ts";
import { download, openSandbox, type Sandbox, textOf } from "./world.ts";

let sandbox: Sandbox;
let analysis: string;
let now = 0;
const id = (field: string) => `crawl.${analysis}.${field}`;

beforeAll(async () => {
  sandbox = await openSandbox({ now: () => Date.now() + now });
  analysis = sandbox.addSynthetic("shop", 5_000).analysis;
});
afterAll(() => sandbox.close());
beforeEach(() => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  now = 0;
});

const wish = (more: object = {}) => ({
  project: "shop",
  analysis,
  query: {
    dimensions: [id("url"), id("metadata.title.content")],
    sort: [{ field: id("url"), order: "asc" }],
  },
  config: { print_delimiter: false, header_format: "slug" },
  ...more,
});
const linkOf = async (more: object = {}): Promise<string> =>
  (await sandbox.jobEnded(wish(more))).results?.download_url ?? "";
const exported = async (more: object = {}): Promise<string> =>
  textOf((await download(await linkOf(more))).bytes);

test("a job is CREATED, then PROCESSING, then DONE, and has results only at the end", async () => {
  Object.assign(sandbox.faults, { createdMs: 400, processingMs: 400 });
  const { status, body } = await sandbox.order(wish());
  expect(status).toBe(201);
  expect(body).toMatchObject({ job_status: "CREATED", results: null, job_type: "export" });
  const { job_id: job } = body as { job_id: number };
  expect(body).toMatchObject({ job_url: `/v1/jobs/${job}` });
  const seen: string[] = [];
  await sandbox.until(
    () => sandbox.job(job),
    ({ job_status: state, results }) => {
      if (seen.at(-1) !== state) seen.push(state);
      expect(results === null).toBe(state !== "DONE");
      return state === "DONE";
    },
  );
  expect(seen).toEqual(["CREATED", "PROCESSING", "DONE"]);
});

test("the file has every row in order, each text as it was, and no more rows than were ordered", async () => {
  const rows = parse(await exported()) as string[][];
  expect(rows[0]).toEqual(["url", "metadata.title.content"]);
  expect(rows).toHaveLength(5_001);
  expect(rows[5_000]).toEqual([
    "http://synthetic.invalid/category-0004/page-00004999.html",
    "Page 4999 of a site that was made for measuring",
  ]);
  expect(parse(await exported({ size: 7 }))).toHaveLength(8);
});

test.each([
  ["nothing said: sep= line and full names", {}, "sep=,\nURL,Title\n"],
  ["verbose", { header_format: "verbose", print_delimiter: false }, "URL,Title\n"],
  ["slug", { header_format: "slug", print_delimiter: true }, "sep=,\nurl,metadata.title.content\n"],
  ["no header", { print_header: false, print_delimiter: false }, "http://synthetic.invalid/"],
] as const)("the first lines are those of the formatter: %s", async (_, config, first) => {
  expect((await exported({ config, size: 2 })).slice(0, first.length)).toBe(first);
});

test("with collection_slug the header has the collection, too", async () => {
  const text = await exported({
    config: { print_delimiter: false, header_format: "collection_slug" },
    size: 1,
  });
  expect(text.split("\n")[0]).toBe(`${id("url")},${id("metadata.title.content")}`);
});

test("zip is had by either name of the option, gzip without", async () => {
  const begins = async (more: object) =>
    (await download(await linkOf(more))).bytes.subarray(0, 2).toString("hex");
  expect(await begins({ extra: { compression: "zip" } })).toBe("504b");
  expect(await begins({ extra: { filetype: "zip" } })).toBe("504b");
  expect(await begins({})).toBe("1f8b");
});

test("a link works without a token, and not with another file, time or signature", async () => {
  const link = new URL(await linkOf({ size: 3 }));
  expect((await download(link.href)).status).toBe(200);
  for (const [name, value] of [
    ["expires", String(Number(link.searchParams.get("expires")) + 1)],
    ["signature", "forged"],
    ["signature", ""],
  ] as const) {
    const other = new URL(link);
    other.searchParams.set(name, value);
    expect((await download(other.href)).status).toBe(403);
  }
  const otherFile = link.href.replace(/\d+\.export/, (file) => `${Number.parseInt(file, 10) - 1}.export`);
  expect((await download(otherFile)).status).toBe(403);
  expect((await download(link.href.replace(/\d+\.export/, "..%2Fbotify.sqlite"))).status).toBe(403);
});

test("a link ends after its hour or when told so, and the job gives a fresh one for the same bytes", async () => {
  const job = await sandbox.jobEnded(wish());
  const link = job.results?.download_url ?? "";
  const fresh = async () => (await sandbox.job(job.job_id)).results?.download_url ?? "";
  const before = await download(link);
  now = 3_600_001;
  expect((await download(link)).status).toBe(403);
  const second = await fresh();
  expect((await download(second)).bytes.equals(before.bytes)).toBe(true);
  sandbox.expireLinks();
  expect((await download(second)).status).toBe(403);
  expect((await download(await fresh())).headers.get("etag")).toBe(before.headers.get("etag"));
});

test("a download goes on from any byte while its ETag is the same, and starts anew when it is not", async () => {
  const link = await linkOf();
  const whole = await download(link);
  const size = whole.bytes.length;
  const etag = whole.headers.get("etag") ?? "";
  expect(whole.headers.get("content-length")).toBe(String(size));
  expect(etag).toMatch(/^"[^"]+"$/);
  for (const start of [1, Math.floor(size / 2), size - 1]) {
    const rest = await download(link, { range: `bytes=${start}-`, "if-range": etag });
    expect(rest.status).toBe(206);
    expect(rest.headers.get("content-range")).toBe(`bytes ${start}-${size - 1}/${size}`);
    expect(Buffer.concat([whole.bytes.subarray(0, start), rest.bytes]).equals(whole.bytes)).toBe(true);
  }
  const other = await download(link, { range: "bytes=5-", "if-range": '"another"' });
  expect([other.status, other.bytes.length]).toEqual([200, size]);
  const beyond = await download(link, { range: `bytes=${size}-` });
  expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${size}`]);
});

test("a cut download fails at the reader as often as told, and then comes whole", async () => {
  const link = await linkOf();
  sandbox.faults.cutDownload = { afterBytes: 1_000, times: 2 };
  await expect(download(link)).rejects.toThrow();
  await expect(download(link)).rejects.toThrow();
  expect(textOf((await download(link)).bytes)).toContain("page-00004999");
});

test("a gzip of several members and a plain file hold the same text as the usual one", async () => {
  const usual = await exported();
  sandbox.faults.format = "gzip-members";
  const members = (await download(await linkOf())).bytes;
  expect(members.toString("latin1").split("\x1f\x8b\x08").length).toBeGreaterThan(3);
  expect(gunzipSync(members).toString()).toBe(usual);
  sandbox.faults.format = "plain";
  expect((await download(await linkOf())).bytes.toString()).toBe(usual);
  sandbox.faults.sepLine = true;
  expect((await download(await linkOf())).bytes.toString()).toBe(`sep=,\n${usual}`);
});

test("each of the faults of a job comes as it was ordered", async () => {
  const { faults } = sandbox;
  faults.failJobs = "The storage is full";
  expect(await sandbox.jobEnded(wish())).toMatchObject({
    job_status: "FAILED",
    results: null,
    error: { message: "The storage is full" },
  });
  Object.assign(faults, noFaults(), { callsPerSecond: null, doneWithoutResults: true });
  expect(await sandbox.jobEnded(wish())).toMatchObject({ job_status: "DONE", results: null });
  Object.assign(faults, noFaults(), { callsPerSecond: null, absoluteJobUrl: true, stringJobId: true });
  const { body } = await sandbox.order(wish());
  expect(body).toMatchObject({
    job_id: expect.stringMatching(/^\d+$/),
    job_url: expect.stringMatching(/^http/),
  });
  Object.assign(faults, noFaults(), { callsPerSecond: null, stateWord: "SIMMERING", processingMs: 50 });
  const { job_id: job } = (await sandbox.order(wish())).body as { job_id: number };
  const word = await sandbox.until(
    () => sandbox.job(job),
    ({ job_status: state }) => state !== "CREATED",
  );
  expect(word.job_status).toBe("SIMMERING");
});

test("an order whose answer is lost makes its job all the same, and the list of jobs tells of it", async () => {
  const query = { page: "/jobs?project=shop&job_type=export" };
  const count = async () => ((await sandbox.ask(query.page)).body as { count: number }).count;
  const before = await count();
  sandbox.faults.loseCreateAnswer = 1;
  await expect(sandbox.order(wish())).rejects.toThrow();
  expect(await count()).toBe(before + 1);
  const none = await sandbox.ask("/jobs?project=elsewhere");
  expect(none.body).toMatchObject({ count: 0, results: [] });
  const list = await sandbox.ask(`/jobs?analysis=${analysis}&size=1`);
  expect(list.body).toMatchObject({ count: before + 1, results: [{ job_id: before + 1 }] });
});

test.each([
  ["an unknown field", () => wish({ query: { dimensions: ["nope"] } }), 400, "1029"],
  ["an unknown analysis", () => wish({ analysis: "19990101" }), 404, "1004"],
  ["an unknown project", () => wish({ project: "nowhere" }), 404, "1010"],
  ["no row", () => wish({ size: 0 }), 400, "1020"],
])("an order with %s is refused and makes no job", async (_, order, status, code) => {
  const count = async () => ((await sandbox.ask("/jobs")).body as { count: number }).count;
  const before = await count();
  expect(await sandbox.order(order())).toMatchObject({ status, body: { error: { error_code: code } } });
  expect(await count()).toBe(before);
});

test("while 100,000 rows are written, other calls are answered, and two exports of them are the same bytes", async () => {
  const big = sandbox.addSynthetic("big", 100_000);
  const field = (name: string) => `crawl.${big.analysis}.${name}`;
  const order = { ...big, query: { dimensions: [field("url")], sort: [{ field: field("url") }] } };
  const { job_id: job } = (await sandbox.order(order)).body as { job_id: number };
  const during: string[] = [];
  await sandbox.until(
    () => sandbox.job(job),
    ({ job_status: state }) => {
      during.push(state);
      return state === "DONE";
    },
  );
  expect(during).toContain("PROCESSING");
  const hash = async (link = "") =>
    createHash("sha256")
      .update((await download(link)).bytes)
      .digest("hex");
  const one = await hash((await sandbox.job(job)).results?.download_url);
  expect(await hash((await sandbox.jobEnded(order)).results?.download_url)).toBe(one);
});
