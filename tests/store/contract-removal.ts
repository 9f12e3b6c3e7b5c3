import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { Trim } from "#core/removal.ts";
import { keepsAll, type Retention } from "#core/retention.ts";
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
    const remove = (id: string, exports = false) =>
      store.removal.remove(id, { exports, cleaning: null }, () => {});
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
      const refused = store.removal.remove(id, { exports: true, cleaning: null }, ({ run }) => {
        throw new Error(`no: ${run.state}`);
      });
      await expect(refused).rejects.toThrow("no: completed");
      expect(await store.run(id)).not.toBeNull();
      await expect(remove("nobody")).rejects.toMatchObject({ code: "not-found" });
    });

    const line = { stepId: "fetch", attempt: 1, level: "info", text: "line" } as const;
    const progress = { done: 1, total: 2, what: "rows", unit: "rows", perSecond: null } as const;
    const withLog = async (lines = 1_200) => {
      const id = await newRun(store, clock);
      await change(store, id, {
        events: [
          { type: "step.progress", stepId: "fetch", progress, share: null },
          { type: "run.unlocked", by: "Ada" },
        ],
        logs: Array.from({ length: lines }, () => line),
      });
      return id;
    };
    const wholly = { at: 7, what: "all", days: null, cleaning: null } as const;
    const byRule = { at: 7, what: "log", days: 30, cleaning: null } as const;
    const trimAll = async (id: string, what: Trim) => {
      for (let from: number | null = 0; from !== null; ) from = await store.removal.trim(id, what, from);
    };
    const places = async (withLog: boolean, below = Number.MAX_SAFE_INTEGER) =>
      (await store.removal.over({ workflowId: "flow", after: 0, below, withLog }, 100)).map(({ id }) => id);

    it("takes a long log away in slices, and marks the run before the first line is gone", async () => {
      const id = await withLog();
      await expect(store.removal.trim(id, wholly, 0)).rejects.toMatchObject({ code: "not-allowed-now" });
      await bring(store, id, "failed");
      const left = async () => (await store.logs(id, { after: 0, limit: 5_000 })).length;
      const lefts: number[] = [];
      for (let from: number | null = 0; from !== null; ) {
        from = await store.removal.trim(id, wholly, from);
        expect((await store.run(id))?.run).toMatchObject({ trimmedAt: 7, trimmedDays: null });
        lefts.push(await left());
      }
      expect(lefts).toEqual([701, 201, 0]);
      expect(await store.events(id, 0, 10)).toEqual([]);
    });

    it("by a rule takes lines and passing moments, says which rule once all are gone, and leaves history and what was learned", async () => {
      const id = await withLog();
      await change(store, id, { steps: [{ id: "fetch", patch: { state: "running" } }], events: [] });
      await change(store, id, { steps: [{ id: "fetch", patch: { state: "completed" } }], events: [] });
      await bring(store, id, "completed");
      const before = await store.history(id, 100);
      expect(await store.removal.trim(id, byRule, 0)).toBe(500);
      expect((await store.run(id))?.run).toMatchObject({ trimmedAt: 7, trimmedDays: null });
      const there = await store.events(id, 0, 100);
      expect(there.filter(({ type }) => type === "log" || type === "step.progress")).toEqual([]);
      await trimAll(id, byRule);
      expect((await store.run(id))?.run).toMatchObject({ trimmedAt: 7, trimmedDays: 30 });
      expect(await store.history(id, 100)).toEqual(before);
      expect(before.length).toBeGreaterThan(1);
      expect(await store.logs(id, { after: null, limit: 10 })).toEqual([]);
      expect((await store.past("flow", 10)).map(({ runId }) => runId)).toContain(id);
    });

    it("a log that is partly gone is read on without shifting its lines", async () => {
      const filler = Array.from({ length: 600 }, () => ({ type: "run.unlocked", by: "Ada" }) as const);
      const other = await newRun(store, clock);
      await change(store, other, { events: filler });
      await change(store, other, {
        events: [],
        logs: Array.from({ length: 600 }, (_, n) => ({ ...line, text: `line ${n + 1}` })),
      });
      await bring(store, other, "completed");
      await store.removal.trim(other, byRule, 0);
      const told = (await store.events(other, 600, 10)).find(({ type }) => type === "log");
      expect(told?.lines?.map(({ n, text }) => `${n} ${text}`)[0]).toBe("500 line 500");
    });

    it("finds the runs that are over by their place, those under way never, and those without a log only when asked for all", async () => {
      const [first, second] = [await over(), await over()];
      const asking = await newRun(store, clock);
      const last = await over();
      await newRun(store, clock, { workflowId: "other" });
      expect(await store.removal.workflows()).toEqual(["flow", "other"]);
      expect(await places(false)).toEqual([first, second, last]);
      await trimAll(second, byRule);
      expect(await places(true)).toEqual([first, last]);
      expect(await places(false)).toEqual([first, second, last]);
      // The newest two of all, of which one is under way, begin with it.
      const place = await store.removal.placeOfNewest("flow", 2);
      expect(await places(false, place)).toEqual([first, second]);
      expect(await store.removal.placeOfNewest("flow", 9)).toBe(0);
      await remove(first);
      expect(asking).not.toBe(first);
    });

    it("finds the place of a time, and the place behind all where nothing was accepted since", async () => {
      const first = await newRun(store, clock);
      clock.pass(1_000);
      const at = clock.now();
      await bring(store, first, "completed");
      await over();
      expect(await places(false, await store.removal.placeAt(at))).toEqual([first]);
      expect(await places(false, await store.removal.placeAt(clock.now() + 1_000))).toHaveLength(2);
    });

    it("counts what a cleaning takes in the commit that takes it, and knows the one that was cut off", async () => {
      const cleaning = await store.cleanings.begin(5, "Ada");
      const [one, two, three] = [await over(), await over(), await over()];
      await trimAll(one, { ...byRule, cleaning });
      for (const id of [two, three]) await store.removal.remove(id, { exports: false, cleaning }, () => {});
      const removed = [{ workflowId: "flow", runs: 2, logs: 1, exports: 0, bytes: 0 }];
      expect(await store.cleanings.underWay()).toMatchObject({
        id: cleaning,
        by: "Ada",
        endedAt: null,
        removed,
      });
      await store.cleanings.change(cleaning, { endedAt: 9, files: 2, fileBytes: 30 });
      expect(await store.cleanings.underWay()).toBeNull();
      expect(await store.cleanings.list(5)).toMatchObject([{ id: cleaning, endedAt: 9, files: 2, removed }]);
    });

    it("keeps what was said about how long runs are kept, each time out of what was said before", async () => {
      expect(await store.cleanings.retention()).toBeNull();
      const said: Retention = { hour: 3, usual: { ...keepsAll, days: 30 }, workflows: {}, saidAt: 1 };
      await store.cleanings.retain(() => said);
      await store.cleanings.retain((now) => ({ ...(now ?? said), hour: 4 }));
      expect(await store.cleanings.retention()).toEqual({ ...said, hour: 4 });
    });

    it("weighs a run by what it told, and says where files of exports lie", async () => {
      const [small, large] = [await withLog(1), await withLog(1_200)];
      expect(await store.removal.weigh(large)).toBeGreaterThan(
        (await store.removal.weigh(small)) + 1_200 * 4,
      );
      expect(await store.removal.weigh("nobody")).toBe(0);
      for (const n of [1, 2, 3]) {
        const { row } = await store.exports.reserve(anExport({ queryHash: String(n) }), small, null);
        if (n !== 2) await store.exports.update(row.id, small, { status: "ready", filePath: `a/${n}.csv` });
      }
      const first = await store.removal.exportFiles(0, 2);
      expect(first.paths).toEqual(["a/1.csv"]);
      expect(await store.removal.exportFiles(first.next ?? 0, 2)).toEqual({ paths: ["a/3.csv"], next: null });
      expect(await store.removal.exportsOf([small, large])).toHaveLength(3);
    });

    it("says how much room it takes, and gives back what it does not use", async () => {
      const before = await store.space();
      const id = await withLog(5_000);
      await bring(store, id, "completed");
      const filled = await store.space();
      expect(filled.bytes).toBeGreaterThan(before.bytes);
      await trimAll(id, wholly);
      // A database that cleans up by itself is not asked to.
      if (!filled.givesBack) return expect(await store.giveBack()).toBe(0);
      expect((await store.space()).unusedBytes).toBeGreaterThan(filled.unusedBytes);
      let given = 0;
      for (let part = await store.giveBack(); part > 0; part = await store.giveBack()) given += part;
      expect(given).toBeGreaterThan(0);
      expect(await store.space()).toMatchObject({
        bytes: expect.any(Number),
        unusedBytes: 0,
        givesBack: true,
      });
    });
  });
