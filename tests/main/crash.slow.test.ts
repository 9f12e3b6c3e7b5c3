import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import type { ThisBotify } from "#main/this-botify.ts";
import { noFaults } from "#sandbox/botify/faults.ts";
import { startSandbox } from "../workflows/export-world.ts";
import {
  addConnection,
  pressThrough,
  type ServerProcess,
  startExport,
  startServer,
  untilRun,
} from "./server-process.ts";

let sandbox: ThisBotify;
let endSandbox: () => Promise<void>;
let dataDir: string;
let server: ServerProcess;
let connection: string;

beforeAll(async () => {
  ({ sandbox, end: endSandbox } = await startSandbox());
  dataDir = await mkdtemp(join(tmpdir(), "milepost-crash-"));
  server = await startServer(dataDir);
  connection = await addConnection(server, sandbox.url, sandbox.token);
});
afterAll(async () => {
  await server.kill();
  await endSandbox();
  await rm(dataDir, { recursive: true, force: true });
});

const stateOf = (run: RunPicture, step: string) => run.steps.find((one) => one.id === step)?.state;

/** Kills the server as soon as `when` holds, starts it again, and sees the run through. */
const dieAndFinish = async (runId: string, when: (run: RunPicture) => boolean): Promise<RunPicture> => {
  await untilRun(server, runId, when);
  await server.kill();
  sandbox.faults.downloadBytesPerSecond = null;
  server = await startServer(dataDir);
  await pressThrough(server, runId);
  return untilRun(server, runId, ({ state }) => state === "completed" || state === "failed");
};

const fileHash = async (run: RunPicture): Promise<string> => {
  const answer = await server.api("GET", `/exports/${run.export?.id}/file`);
  expect(answer.status).toBe(200);
  return createHash("sha256")
    .update(new Uint8Array(await answer.arrayBuffer()))
    .digest("hex");
};

/** An export that is not there yet: each test orders with another depth, so that none finds the file of another. */
const orderedRun = async (depth: number): Promise<string> => {
  const runId = await startExport(server, connection);
  await pressThrough(server, runId, "depth");
  await server.json("POST", `/api/runs/${runId}/steps/depth/answer`, { values: { depth: String(depth) } });
  return runId;
};

const boundaries = [
  ["while it asks", 0, (run: RunPicture) => stateOf(run, "columns") === "asking"],
  ["while the job is worked on", 1, (run: RunPicture) => stateOf(run, "job") === "waiting"],
  [
    "during the download",
    2,
    (run: RunPicture) => (run.steps.find((one) => one.id === "download")?.progress?.done ?? 0) > 0,
  ],
  ["after the download", 3, (run: RunPicture) => stateOf(run, "download") === "completed"],
] as const;

test.each(boundaries)("kill -9 %s: the run ends with the same file and one job", async (_, depth, when) => {
  Object.assign(sandbox.faults, noFaults(), {
    callsPerSecond: null,
    processingMs: 600,
    downloadBytesPerSecond: depth === 2 ? 3_000 : null,
    format: "plain",
  });
  const posts = sandbox.calls("POST /v1/jobs");
  const runId = await orderedRun(depth);
  if (depth > 0) {
    await pressThrough(server, runId, "confirm");
    await server.json("POST", `/api/runs/${runId}/steps/confirm/answer`, { values: {} });
  }
  const end = await dieAndFinish(runId, when);
  expect(end.error).toBeNull();
  expect(end.state).toBe("completed");
  expect(sandbox.calls("POST /v1/jobs")).toBe(posts + 1);
  // Of a file that is as it should be, nobody is asked.
  const done = end.steps.filter(({ id }) => id !== "doubt");
  expect(done.every((step) => step.state === "completed")).toBe(true);
  const hash = await fileHash(end);
  expect(hash).toBe(end.export?.sha256);
  // The same query anew, without any crash, is the reference.
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  const again = await orderedRun(depth);
  await pressThrough(server, again, "confirm");
  await server.json("POST", `/api/runs/${again}/steps/confirm/answer`, { values: { how: "anew" } });
  const reference = await untilRun(server, again, ({ state }) => state === "completed" || state === "failed");
  expect(await fileHash(reference)).toBe(hash);
});

test("kill -9 during the download: the bytes that were saved are not fetched again, and the page says what was cut off and why going on is safe", async () => {
  Object.assign(sandbox.faults, noFaults(), {
    callsPerSecond: null,
    downloadBytesPerSecond: 8_000,
    format: "plain",
  });
  const runId = await orderedRun(4);
  await pressThrough(server, runId, "confirm");
  await server.json("POST", `/api/runs/${runId}/steps/confirm/answer`, { values: { how: "existing" } });
  const half = (run: RunPicture) => (run.steps.find((one) => one.id === "download")?.share ?? 0) > 0.4;
  const end = await dieAndFinish(runId, half);
  expect(end.state).toBe("completed");
  expect(end.recovery).toMatchObject({
    stepId: "download",
    outcome: "again",
    because: expect.stringContaining("kept"),
  });
  const download = end.steps.find((one) => one.id === "download");
  expect(download?.attempt).toBe(2);
  const { lines } = await server.json<{ lines: { text: string }[] }>("GET", `/api/runs/${runId}/logs`);
  const saved = lines
    .map(({ text }) => /Saved (\d+) bytes; (\d+) of them came just now/.exec(text))
    .find((one) => one !== null);
  expect(Number(saved?.[2])).toBeLessThan(0.7 * Number(saved?.[1]));
});

test("kill -9 before the order's answer is recorded: the job is found in the list and not ordered twice", async () => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null, loseCreateAnswer: 1, processingMs: 300 });
  const posts = sandbox.calls("POST /v1/jobs");
  const runId = await orderedRun(5);
  await pressThrough(server, runId, "confirm");
  await server.json("POST", `/api/runs/${runId}/steps/confirm/answer`, { values: { how: "existing" } });
  // The first attempt has lost its answer and waits for the second one: exactly then the server dies.
  const end = await dieAndFinish(runId, () => sandbox.calls("POST /v1/jobs") > posts);
  expect(end.state).toBe("completed");
  expect(sandbox.calls("POST /v1/jobs")).toBe(posts + 1);
});

test("kill -9 at every question: the same question is asked again, and the answers before it are kept", async () => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  const runId = await startExport(server, connection);
  const questions = ["project", "analysis", "depth", "columns", "confirm"];
  for (const [index, question] of questions.entries()) {
    await pressThrough(server, runId, question);
    await server.kill();
    server = await startServer(dataDir);
    const run = await untilRun(server, runId, ({ state }) => state === "asking");
    expect(run.steps.map((step) => step.state)).toEqual(
      run.steps.map((_, at) => (at < index ? "completed" : at === index ? "asking" : "pending")),
    );
  }
});

test("the whole machine's own sandbox dies with the server, and the export still ends", async () => {
  const runId = await startExport(server);
  await pressThrough(server, runId, "confirm");
  await server.json("POST", `/api/runs/${runId}/steps/confirm/answer`, { values: {} });
  const end = await dieAndFinish(runId, (run) => stateOf(run, "create-job") === "completed");
  expect(end.state).toBe("completed");
  expect(end.export?.rows).toBe(end.export?.expectedRows);
});

test("a second server on the same data refuses to start with a sentence that says what to do", async () => {
  await expect(startServer(dataDir)).rejects.toThrow(/Another Milepost server is using .*MILEPOST_DATA/);
});

test("a server that is asked to stop lets go within its grace, and its runs go on at the next start", async () => {
  Object.assign(sandbox.faults, noFaults(), {
    callsPerSecond: null,
    downloadBytesPerSecond: 5_000,
    format: "plain",
  });
  const runId = await orderedRun(3);
  await pressThrough(server, runId, "confirm");
  await server.json("POST", `/api/runs/${runId}/steps/confirm/answer`, { values: { how: "anew" } });
  await untilRun(server, runId, (run) => stateOf(run, "download") === "running");
  await server.stop();
  sandbox.faults.downloadBytesPerSecond = null;
  server = await startServer(dataDir);
  const end = await untilRun(server, runId, ({ state }) => state === "completed" || state === "failed");
  expect(end.state).toBe("completed");
});
