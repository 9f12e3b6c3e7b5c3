import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noFaults } from "#sandbox/botify/faults.ts";
import { addSynthetic } from "../sandbox/botify/synthetic.ts";
import { startSandbox } from "../workflows/export-world.ts";
import {
  addConnection,
  pressThrough,
  type ServerProcess,
  startExport,
  startServer,
  untilRun,
} from "./server-process.ts";

const mebibyte = 1024 * 1024;

/** The most memory that the process ever held, in bytes (VmHWM of proc(5)). */
const peakBytes = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
};

/** How long the server let a request wait at most since this was last asked, in seconds. */
const longestDelay = async (server: ServerProcess): Promise<number> =>
  Number(
    /^milepost_event_loop_delay_seconds\{quantile="1"\} (\S+)$/m.exec(
      await (await server.api("GET", "/metrics")).text(),
    )?.[1],
  );

test("a million rows are downloaded, unpacked, checked and handed over within 256 MiB of memory, and nobody is held up", async () => {
  const { sandbox, dataDir: sandboxDir, end } = await startSandbox();
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  const dataDir = await mkdtemp(join(tmpdir(), "milepost-million-"));
  // The server's own sandbox would crawl its sample site meanwhile, which is not what is measured.
  const server = await startServer(dataDir, { sampleSite: false });
  try {
    const { project } = addSynthetic(sandboxDir, "a-million", 1_000_000);
    const connection = await addConnection(server, sandbox.url, sandbox.token);
    await longestDelay(server);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const idle = await longestDelay(server);
    const runId = await startExport(server, connection);
    await pressThrough(server, runId, "project");
    await server.json("POST", `/api/runs/${runId}/steps/project/answer`, {
      values: { project: `this-machine/${project}` },
    });
    await pressThrough(server, runId);
    const run = await untilRun(server, runId, ({ state }) => state === "completed" || state === "failed");
    expect(run.error).toBeNull();
    expect(run.export).toMatchObject({ rows: 1_000_000, expectedRows: 1_000_000, state: "ready" });
    expect(run.export?.sizeBytes).toBeGreaterThan(130 * 1_000_000);
    const file = await server.api("GET", `/exports/${run.export?.id}/file`);
    let bytes = 0;
    for await (const chunk of file.body ?? []) bytes += chunk.byteLength;
    expect(bytes).toBe(run.export?.sizeBytes);
    expect(await peakBytes(server.pid)).toBeLessThan(256 * mebibyte);
    // On a machine that is busy with other things, those who wait for nothing wait too.
    expect(await longestDelay(server)).toBeLessThan(0.2 + idle);
  } finally {
    await server.kill();
    await end();
    await rm(dataDir, { recursive: true, force: true });
  }
});
