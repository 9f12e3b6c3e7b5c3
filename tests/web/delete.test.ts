import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { secret, text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { createS3Files } from "#store/s3-files.ts";
import { bucketKey, startS3 } from "../store/s3-server.ts";
import { openSite, type Site } from "./site.ts";

/** Says as much as it is told, in one long line too, and fails where it is told to. */
const speak = workflow(
  "speak",
  "Speak",
  "For tests.",
  start({
    fields: [text("words", "Words"), secret("key", "Key", { required: true })],
    subject: ({ words }) => words,
  }),
)
  .do("say", "Say it", {
    run: async ({ input, log }) => {
      log(`I say ${input.words}`);
      log(`long ${"x".repeat(20_000)}`);
      if (input.words === "no")
        throw new AppError("remote-refused", "Nobody wants to hear that.", { canPass: false });
    },
    undo: async () => {},
    detail: () => "said aloud",
  })
  .ask("more", "More?", { form: () => ({ fields: [], submit: "Go on" }), read: () => ({ value: null }) })
  .hands(() => ({ sentence: "Said." }));

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [speak] });
});
afterAll(() => site.close());

const started = async (words: string) => {
  const answer = await site.post("/workflows/speak/runs", { words, key: "k-123456-secret" });
  const id = (answer.headers.get("Location") ?? "").split("/").at(-1) ?? "";
  await site.engine.settled(id, 10_000, new AbortController().signal);
  return id;
};

test("a run that is over is deleted by its page's button, with its long lines, and the audit says who did it", async () => {
  const id = await started("no");
  const lines = await site.deps.store.logs(id, { after: 0, limit: 10 });
  const whole = lines.find((line) => line.whole !== undefined)?.whole ?? "";
  expect(await site.deps.longLines.read(whole)).toContain("xxxxx");
  const page = await (await site.get(`/runs/${id}`)).text();
  expect(page).toContain("Yes, delete this run");
  const answer = await site.post(`/runs/${id}/delete`);
  expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/runs"]);
  for (const path of [`/runs/${id}`, `/runs/${id}/progress?v=3`, `/api/runs/${id}`, `/runs/${id}/report.txt`])
    expect([path, (await site.get(path)).status]).toEqual([path, 404]);
  expect(await site.deps.longLines.read(whole)).toBeNull();
  expect(await (await site.get("/runs")).text()).not.toContain(id);
  const [entry] = await site.deps.store.accounts.audits(1);
  expect(entry).toMatchObject({ did: "deleted a run", target: "Speak #1: no" });
});

test("a run under way and a finalized one stay, with a sentence, while others of the same order go", async () => {
  const [asking, final, other] = [await started("yes"), await started("no"), await started("no")];
  await site.post(`/runs/${final}/finalize`);
  const answer = await site.call("DELETE", `/api/runs/${asking}`);
  expect([answer.status, await answer.json()]).toEqual([
    409,
    { error: { code: "not-allowed-now", message: "A run that is asking cannot be deleted." } },
  ]);
  expect(await (await site.get(`/runs/${asking}`)).text()).not.toContain("Yes, delete this run");
  const by = { kind: "unknown", id: null, name: "Ada" } as never;
  const removals = await site.deps.engine.remove([asking, final, other, "nobody"], by, { exports: false });
  expect(removals.map(({ refused }) => refused?.code ?? null)).toEqual([
    "not-allowed-now",
    "finalized",
    null,
    "not-found",
  ]);
  expect(await site.deps.store.run(final)).not.toBeNull();
  expect(await site.deps.store.run(other)).toBeNull();
});

const reserved = async (runId: string) => {
  const want = {
    provider: "botify",
    connectionId: "c1",
    org: "acme",
    project: "shop",
    analysis: "1",
    title: "URLs",
    queryHash: runId,
    query: {},
    expectedRows: 1,
  };
  return (await site.deps.store.exports.reserve(want, runId, null)).row;
};

test("pieces of an export that was never complete go with its run from the bucket that keeps them", async () => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-bucket-"));
  const bucket = await startS3(folder);
  const { files } = site.deps;
  const { pieces } = await createS3Files({ url: bucket.url, ...bucketKey }, "exports", files);
  if (pieces === null) throw new Error("a bucket keeps pieces");
  files.pieces = pieces;
  const id = await started("no");
  const row = await reserved(id);
  for (const of of [row.id, "another"]) await pieces.put(`${of}/x/0`, Buffer.from("x"));
  await site.call("DELETE", `/api/runs/${id}?exports=true`);
  expect([await pieces.list(row.id), await pieces.list("another")].map(({ size }) => size)).toEqual([0, 1]);
  files.pieces = null;
  await bucket.close();
  await rm(folder, { recursive: true });
});

test("exports stay when their run is deleted, unless the person says so: then row and file are gone", async () => {
  for (const exports of [false, true]) {
    const id = await started("no");
    const row = await reserved(id);
    const filePath = `acme/${id}.csv`;
    const path = await site.deps.files.place(filePath);
    await writeFile(path, "url\n");
    await site.deps.store.exports.update(row.id, id, { status: "ready", filePath, fileName: "u.csv" });
    const answer = await site.call("DELETE", `/api/runs/${id}?exports=${exports}`);
    expect(await answer.json()).toEqual({ deleted: id, exports: exports ? 1 : 0 });
    expect((await site.deps.store.exports.get(row.id)) === null).toBe(exports);
    const list = await (await site.get("/exports")).text();
    expect([exports, list.includes(`export-${row.id}"`), list.includes(id)]).toEqual([
      exports,
      !exports,
      false,
    ]);
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    expect(isThere).toBe(!exports);
  }
});

test("a report tells state, failure, input, steps, version and log, and no secret", async () => {
  const id = await started("no");
  const answer = await site.get(`/runs/${id}/report.txt`);
  expect(answer.headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
  const report = await answer.text();
  for (const part of [
    /^# Speak #\d+: no\n/,
    /- State: Failed\n/,
    /## Why it failed\n\n- Step: 1\. Say it\n\nNobody wants to hear that\./,
    /## Input\n\n- words: no\n/,
    /- 1\. Say it: Failed, from \d{4}/,
    /- 2\. More\?: Pending/,
    new RegExp(`- Milepost: ${site.deps.news.version.replaceAll(".", "\\.")}\n`),
    /## Log\n\n\d{4}-.* info {2}say: I say no\n/,
  ])
    expect(report).toMatch(part);
  expect(report).not.toContain("k-123456");
});
