import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Store } from "#core/store.ts";
import { anExport, bring, change, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

export const removalContract = (open: OpenStore) =>
  describe("removal", () => {
    let store: Store;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      onTestFinished(() => store.close());
    });

    const over = async (subject = "subject") => {
      const id = await newRun(store, clock, { subject });
      await bring(store, id, "completed");
      return id;
    };
    const remove = (id: string, withExports = false) => store.removal.remove(id, withExports, () => {});
    const numberOf = async (id: string) => (await store.run(id))?.run.number;

    it("leaves nothing of a run: rows, events, lines, estimates, counts and search", async () => {
      const [gone, stays] = [await over("needle"), await over("needle")];
      await change(store, gone, {
        events: [{ type: "run.unlocked", by: "Ada" }],
        logs: [{ stepId: "fetch", attempt: 1, level: "info", text: "line" }],
        estimates: [{ tenth: 0, at: 1, spentMs: 1, p10Ms: 1, p50Ms: 1, p90Ms: 1, runs: 1 }],
      });
      await store.accounts.handOver({ sessionId: "s", runId: gone, exportId: "e" }, 1);
      await remove(gone);
      expect(await store.run(gone)).toBeNull();
      expect(await store.version(gone)).toBeNull();
      expect(await store.events(gone, 0, 10)).toEqual([]);
      expect(await store.logs(gone, { after: null, limit: 10 })).toEqual([]);
      expect(await store.told(gone)).toEqual([]);
      expect((await store.past("flow", 10)).filter(({ runId }) => runId === gone)).toEqual([]);
      expect(await store.accounts.wasHandedOver({ sessionId: "s", runId: gone, exportId: "e" })).toBe(false);
      const found = await store.runs({ search: "needle", limit: 10 });
      expect(found.rows.map(({ run }) => run.id)).toEqual([stays]);
      expect((await store.countRuns()).completed).toBe(1);
    });

    it("never gives the number of a deleted run again, whichever of the runs were deleted", async () => {
      const [first, second, third] = [await over(), await over(), await over()];
      for (const id of [third, first, second]) await remove(id);
      expect(await numberOf(await over())).toBe(4);
      expect(await store.runNumbered("flow", 3)).toBeNull();
      expect(await numberOf(await newRun(store, clock, { workflowId: "other" }))).toBe(1);
    });

    it("takes the exports that the run owns only when told so, and gives them back", async () => {
      const [gone, kept] = [await over(), await over()];
      const { row } = await store.exports.reserve(anExport({ queryHash: "1" }), gone, null);
      const other = await store.exports.reserve(anExport({ queryHash: "2" }), kept, null);
      await store.exports.update(row.id, gone, {
        status: "ready",
        filePath: "a/urls.csv",
        fileName: "urls.csv",
      });
      await remove(kept);
      expect(await store.exports.get(other.row.id)).not.toBeNull();
      const removed = await remove(gone, true);
      expect(removed.exports.map(({ filePath }) => filePath)).toEqual(["a/urls.csv"]);
      expect(await store.exports.get(row.id)).toBeNull();
      expect((await store.exports.list({ search: "shop", limit: 10 })).rows).toHaveLength(1);
    });

    it("deletes nothing when it may not, as the run is within the transaction", async () => {
      const id = await over();
      const refused = store.removal.remove(id, true, ({ run }) => {
        throw new Error(`no: ${run.state}`);
      });
      await expect(refused).rejects.toThrow("no: completed");
      expect(await store.run(id)).not.toBeNull();
      await expect(remove("nobody")).rejects.toMatchObject({ code: "not-found" });
    });

    it("takes a long log away in slices, and marks the run before the first line is gone", async () => {
      const id = await newRun(store, clock);
      const line = { stepId: "fetch", attempt: 1, level: "info", text: "line" } as const;
      await change(store, id, { events: [], logs: Array.from({ length: 1_200 }, () => line) });
      await expect(store.removal.trim(id, 7, 0)).rejects.toMatchObject({ code: "not-allowed-now" });
      await bring(store, id, "failed");
      const left = async () => (await store.logs(id, { after: 0, limit: 5_000 })).length;
      const lefts: number[] = [];
      for (let from: number | null = 0; from !== null; ) {
        from = await store.removal.trim(id, 7, from);
        expect((await store.run(id))?.run.trimmedAt).toBe(7);
        lefts.push(await left());
      }
      expect(lefts).toEqual([701, 201, 0]);
      expect(await store.events(id, 0, 10)).toEqual([]);
    });
  });
