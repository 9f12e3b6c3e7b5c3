import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunPicture } from "#core/picture.ts";
import { isOver } from "#core/states.ts";
import { openSandboxForTest } from "../sandbox/botify/world.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
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

/** An export whose worker is killed with half of the file; gives what its log says at the end, and how large the file is. */
const killedHalfway = async (env: Readonly<Record<string, string>>): Promise<string> => {
  const botify = await openSandboxForTest();
  await botify.addSynthetic("shop", 100_000);
  botify.faults.downloadBytesPerSecond = 10_000;
  const database = await server.fresh();
  const web = await startNode(database, "web");
  const first = await startNode(database, "worker", env);
  const connection = await addConnection(web, botify.url, botify.token);
  const id = await startRun(web, "botify-export", { connection });
  await pressThrough(web, id);
  await untilRun(web, id, (run) => bytesOf(run) > 30_000);
  await startNode(database, "worker", env);
  await first.end("SIGKILL");
  botify.faults.downloadBytesPerSecond = null;
  const { state } = await untilRun(web, id, ({ state: now }) => isOver(now));
  expect(state).toBe("completed");
  return logOf(web, id);
};

const said = /Saved (\d+) bytes; (\d+) of them came just now/;

test("a download whose worker was killed goes on at another one where both see the file", async () => {
  const log = await killedHalfway({ MILEPOST_DATA: join(testFolder(), "data") });
  const [, size, came] = said.exec(log) ?? [];
  expect(Number(came)).toBeGreaterThan(0);
  expect(Number(came)).toBeLessThan(Number(size) - 30_000);
  expect(log).not.toContain("begins at its first byte");
});

test("a download whose worker was killed begins anew at one with a disk of its own, and says so with the reason", async () => {
  const log = await killedHalfway({});
  const [, size, came] = said.exec(log) ?? [];
  expect(came).toBe(size);
  expect(log).toContain(
    "what another worker fetched is on that one's); the download begins at its first byte.",
  );
});
