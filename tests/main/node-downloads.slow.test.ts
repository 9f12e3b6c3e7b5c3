import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import { isOver } from "#core/states.ts";
import { createDiskFiles } from "#store/disk-files.ts";
import { createS3Files } from "#store/s3-files.ts";
import { openSandboxForTest } from "../sandbox/botify/world.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { bucketKey, startS3 } from "../store/s3-server.ts";
import { testFolder } from "./milepost.ts";
import { type NodeProcess, startNode, startRun } from "./node-process.ts";
import { addConnection, pressThrough, untilRun } from "./server-process.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const bytesOf = (run: RunPicture): number =>
  run.steps.find(({ id }) => id === "download")?.progress?.done ?? 0;

const logOf = async (web: NodeProcess, id: string): Promise<string> =>
  (await web.api("GET", `/runs/${id}/log.txt`)).text();

interface Half {
  env?: Readonly<Record<string, string>>;
  /** As Botify gives the file: as text it is seven times as large. */
  format?: "gzip" | "plain";
  bytesPerSecond: number;
  /** The worker is killed when as many have come. */
  bytes: number;
}

/** An export whose worker is killed with half of the file; gives what its log says at the end, and the run. */
const killedHalfway = async ({ env = {}, format = "gzip", bytesPerSecond, bytes }: Half) => {
  const botify = await openSandboxForTest();
  await botify.addSynthetic("shop", 100_000);
  Object.assign(botify.faults, { downloadBytesPerSecond: bytesPerSecond, format });
  const database = await server.fresh();
  const web = await startNode(database, "web", env.MILEPOST_FILES === undefined ? {} : env);
  const first = await startNode(database, "worker", env);
  const connection = await addConnection(web, botify.url, botify.token);
  const id = await startRun(web, "botify-export", { connection });
  await pressThrough(web, id);
  await untilRun(web, id, (run) => bytesOf(run) > bytes);
  await startNode(database, "worker", env);
  await first.end("SIGKILL");
  botify.faults.downloadBytesPerSecond = null;
  const { state } = await untilRun(web, id, ({ state: now }) => isOver(now));
  expect(state).toBe("completed");
  return { log: await logOf(web, id), web };
};

/** Little, so that the smallest file is enough. */
const little = { bytesPerSecond: 10_000, bytes: 30_000 };

const said = /Saved (\d+) bytes; (\d+) of them came just now/;

test("a download whose worker was killed goes on at another one where both see the file", async () => {
  const env = { MILEPOST_DATA: join(testFolder(), "data") };
  const { log } = await killedHalfway({ env, ...little });
  const [, size, came] = said.exec(log) ?? [];
  expect(Number(came)).toBeGreaterThan(0);
  expect(Number(came)).toBeLessThan(Number(size) - 30_000);
  expect(log).not.toContain("begins at its first byte");
});

test("a download whose worker was killed begins anew at one with a disk of its own, and says so with the reason", async () => {
  const { log } = await killedHalfway(little);
  const [, size, came] = said.exec(log) ?? [];
  expect(came).toBe(size);
  expect(log).toContain(
    "what another worker fetched is on that one's); the download begins at its first byte.",
  );
});

test("with files in a bucket it goes on behind the pieces that are kept there, the file is whole, and no piece is left", async () => {
  const bucket = await startS3(testFolder());
  onTestFinished(() => bucket.close());
  const url = new URL(`${bucket.url}/shop`);
  const { accessKey, secretKey, region } = bucketKey;
  const env = {
    MILEPOST_FILES: url.href,
    MILEPOST_FILES_KEY: `${accessKey}:${secretKey}`,
    MILEPOST_FILES_REGION: region,
  };
  const { log, web } = await killedHalfway({
    env,
    format: "plain",
    bytesPerSecond: 1_000_000,
    bytes: 4_600_000,
  });
  const [, size, came] = said.exec(log) ?? [];
  const kept = Number(/(\d+) bytes that were fetched before came from the file storage/.exec(log)?.[1]);
  // One piece, or two where the worker had gone on by the time it was killed.
  expect([1, 2].map((pieces) => pieces * 4 * 1024 * 1024)).toContain(kept);
  expect(Number(size)).toBeGreaterThan(kept);
  expect(Number(came)).toBe(Number(size) - kept);
  const { rows: exports } = await web.json<{ rows: { id: string; sha256: string; rows: number }[] }>(
    "GET",
    "/api/exports",
  );
  const file = await (await web.api("GET", `/exports/${exports[0]?.id}/file`)).bytes();
  expect(exports[0]).toMatchObject({
    rows: 100_000,
    sha256: createHash("sha256").update(file).digest("hex"),
  });
  const { pieces } = await createS3Files({ url, ...bucketKey }, "exports", createDiskFiles(testFolder()));
  expect((await pieces?.list(exports[0]?.id ?? ""))?.size).toBe(0);
});
