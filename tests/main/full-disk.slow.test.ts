import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noFaults } from "#sandbox/botify/faults.ts";
import { addSynthetic } from "../sandbox/botify/synthetic.ts";
import { withSmallDisk } from "../setup/small-disk.ts";
import { startSandbox } from "../workflows/export-world.ts";
import { addConnection, pressThrough, startExport, startServer, untilRun } from "./server-process.ts";

test("a full disk is told in a sentence, nothing new is begun on it, and the run goes on when there is room again", async () => {
  const { sandbox, dataDir: sandboxDir, end } = await startSandbox();
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null, format: "plain" });
  await withSmallDisk(24, async (folder) => {
    const server = await startServer(folder, { sampleSite: false, minimumFreeBytes: 4_000_000 });
    try {
      const connection = await addConnection(server, sandbox.url, sandbox.token);
      const { project } = addSynthetic(sandboxDir, "too-much", 200_000);
      const runId = await startExport(server, connection);
      await pressThrough(server, runId, "project");
      await server.json("POST", `/api/runs/${runId}/steps/project/answer`, {
        values: { project: `this-machine/${project}` },
      });
      await pressThrough(server, runId);
      const failed = await untilRun(
        server,
        runId,
        ({ state }) => state === "failed" || state === "completed",
      );
      expect(failed.error?.code).toBe("disk-full");
      expect(failed.error?.message).toMatch(/^[A-Z].* (space|free|room)/s);

      const ballast = join(folder, "ballast");
      await writeFile(ballast, new Uint8Array(40_000_000)).catch(() => {});
      const refused = await server.api("POST", "/api/workflows/botify-export/runs", {
        values: { connection },
      });
      expect(refused.status).toBe(507);
      expect((await refused.json()) as object).toMatchObject({ error: { code: "disk-full" } });
      expect((await server.api("GET", `/api/runs/${runId}`)).status).toBe(200);
      await rm(ballast, { force: true });

      // A smaller export of the same crawl fits.
      await server.json("POST", `/api/runs/${runId}/rewind?to=columns`);
      await pressThrough(server, runId, "columns");
      const values = {
        columns: [],
        g0: "1",
        "g0.r0": "1",
        "g0.r0.field": "depth",
        "g0.r0.predicate": "lt",
        "g0.r0.value": "3",
      };
      await server.json("POST", `/api/runs/${runId}/steps/columns/answer`, { values });
      await pressThrough(server, runId);
      const done = await untilRun(server, runId, ({ state }) => state === "failed" || state === "completed");
      expect(done.state).toBe("completed");
      expect(done.export?.rows).toBe(3);
    } finally {
      await server.kill();
    }
  });
  await end();
});
