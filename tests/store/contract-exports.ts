import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { ExportPatch, ExportRegistry } from "#core/exports.ts";
import type { Store } from "#core/store.ts";
import { anExport, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

export const exportsContract = (open: OpenStore) =>
  describe("exports", () => {
    let store: Store;
    let exports: ExportRegistry;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      exports = store.exports;
      onTestFinished(() => store.close());
    });

    const reserve = async (runId: string, notBefore: number | null = null, over = {}) => {
      clock.pass(1);
      return exports.reserve(anExport(over), runId, notBefore);
    };

    it("makes one row of a query that ten runs reserve at once, owned by the first", async () => {
      const all = await Promise.all(Array.from({ length: 10 }, (_, run) => reserve(`run-${run}`)));
      expect(all.filter(({ made }) => made)).toHaveLength(1);
      expect(new Set(all.map(({ row }) => row.id)).size).toBe(1);
      expect(all[0]?.row).toMatchObject({ ...anExport(), status: "creating", jobId: null });
      expect((await exports.list({ limit: 50 })).rows).toEqual([all[0]?.row]);
      expect(await exports.current("c1", "hash-1")).toEqual(all[0]?.row);
    });

    it("lists nothing of hidden workflows and of their items, and of others whose ids only begin so", async () => {
      const ids = ["wards", "wards.each", "wards.each.bed", "wards-2", "ward", "a.wards"];
      for (const workflowId of ids)
        await reserve(await newRun(store, clock, { workflowId }), null, { queryHash: workflowId });
      const seen = async (filter = {}) =>
        (await exports.list({ limit: 9, hidden: ["wards", "other"], ...filter })).rows.map(
          ({ workflowId }) => workflowId,
        );
      expect(await seen()).toEqual(["a.wards", "ward", "wards-2"]);
      expect(await seen({ search: anExport().title })).toEqual(["a.wards", "ward", "wards-2"]);
    });

    it("keeps queries of other connections and other hashes apart", async () => {
      const rows = [
        await reserve("r"),
        await reserve("r", null, { connectionId: "c2" }),
        await reserve("r", null, { queryHash: "hash-2" }),
      ];
      expect(rows.map(({ made }) => made)).toEqual([true, true, true]);
    });

    it("replaces the row once when it is exported anew, however often that is asked", async () => {
      const { row: old } = await reserve("r1");
      clock.pass(10);
      const anewAt = clock.now();
      const first = await reserve("r2", anewAt);
      const again = await reserve("r2", anewAt);
      expect([first.made, again.made]).toEqual([true, false]);
      expect(again.row.id).toBe(first.row.id);
      expect(first.row.id).not.toBe(old.id);
      expect((await exports.current("c1", "hash-1"))?.id).toBe(first.row.id);
      expect(await exports.get(old.id)).toEqual(old);
    });

    it("does not let a row that was replaced take the query back by going on", async () => {
      const { row: old } = await reserve("r1");
      const { row } = await reserve("r2", clock.now() + 1);
      await exports.update(old.id, "r1", { status: "ready" });
      expect((await exports.current("c1", "hash-1"))?.id).toBe(row.id);
    });

    it.each(["failed", "deleted"] as const)("frees the query of an export that is %s", async (status) => {
      const { row } = await reserve("r1");
      await exports.update(row.id, "r1", { status });
      expect(await exports.current("c1", "hash-1")).toBeNull();
      const next = await reserve("r2");
      expect([next.made, next.row.id === row.id]).toEqual([true, false]);
    });

    it("gives a failed export that goes on its query back, so that nobody orders a second job", async () => {
      const { row } = await reserve("r1");
      await exports.update(row.id, "r1", { status: "failed" });
      await exports.update(row.id, "r1", { status: "processing" });
      expect(await reserve("r2")).toMatchObject({ made: false, row: { id: row.id } });
    });

    it("does not let a failed export go on when the same was ordered anew meanwhile", async () => {
      const { row } = await reserve("r1");
      await exports.update(row.id, "r1", { status: "failed" });
      const { row: second } = await reserve("r2");
      await expect(exports.update(row.id, "r1", { status: "processing" })).rejects.toMatchObject({
        code: "conflict",
      });
      expect((await exports.get(row.id))?.status).toBe("failed");
      expect((await exports.current("c1", "hash-1"))?.id).toBe(second.id);
    });

    it("keeps every field that its owner changes, and refuses anybody else", async () => {
      const { row } = await reserve("r1");
      const patch: ExportPatch = {
        status: "ready",
        remoteStatus: "DONE",
        jobId: "7",
        jobUrl: "/jobs/7",
        downloadUrl: "http://127.0.0.1/x",
        filePath: "a/b.csv",
        fileName: "b.csv",
        sizeBytes: 5_000_000_000,
        rows: 3,
        sha256: "ab",
        header: ["url"],
        preview: [["<img>"], ["é"]],
        error: null,
        postedAt: 8,
        readyAt: 9,
      };
      clock.pass(100);
      const updated = await exports.update(row.id, "r1", patch);
      expect(updated).toEqual({ ...row, ...patch, updatedAt: clock.now() });
      expect(await exports.get(row.id)).toEqual(updated);
      await expect(exports.update(row.id, "r2", { status: "failed" })).rejects.toMatchObject({
        code: "conflict",
      });
      expect(await exports.get(row.id)).toEqual(updated);
    });

    it("says not-found for an export that is not there", async () => {
      await expect(exports.update("x", "r", {})).rejects.toMatchObject({ code: "not-found" });
      await expect(exports.markDeleted("x")).rejects.toMatchObject({ code: "not-found" });
      await expect(exports.owner("x")).rejects.toMatchObject({ code: "not-found" });
      expect(await exports.get("x")).toBeNull();
      expect(await exports.takeOver("x", "r", "s")).toBe(false);
    });

    it("tells the owner with its run's state, null when the run is gone", async () => {
      const runId = await newRun(store, clock);
      const { row } = await reserve(runId);
      expect(await exports.owner(row.id)).toEqual({ runId, state: "queued" });
      const { row: orphan } = await reserve("gone", null, { queryHash: "hash-2" });
      expect(await exports.owner(orphan.id)).toEqual({ runId: "gone", state: null });
    });

    it("is taken over by exactly one of two that want it, and the former owner can write no more", async () => {
      const { row } = await reserve("r1");
      const taken = await Promise.all(["r2", "r3"].map((to) => exports.takeOver(row.id, "r1", to)));
      expect(taken.toSorted()).toEqual([false, true]);
      await expect(exports.update(row.id, "r1", { error: "late" })).rejects.toMatchObject({
        code: "conflict",
      });
    });

    const saved = (...analyses: string[]) =>
      exports.saved(
        { connectionId: "c1", org: "acme", project: "shop" },
        analyses.length === 0 ? ["20260101"] : analyses,
      );

    it("marks a file as deleted, forgets its path, and still lists the export", async () => {
      const { row } = await reserve("r1");
      await exports.update(row.id, "r1", { status: "ready", filePath: "a/b.csv" });
      expect(await saved()).toEqual(["20260101"]);
      clock.pass(5);
      const deleted = await exports.markDeleted(row.id);
      expect(deleted).toMatchObject({ status: "deleted", filePath: null, deletedAt: clock.now() });
      expect(await saved()).toEqual([]);
      expect((await exports.list({ limit: 5 })).rows).toEqual([deleted]);
    });

    it("tells of which analyses of a project a file is here", async () => {
      const { row } = await reserve("r1");
      await exports.update(row.id, "r1", { status: "ready" });
      const { row: elsewhere } = await reserve("r1", null, {
        project: "blog",
        analysis: "elsewhere",
        queryHash: "hash-2",
      });
      await exports.update(elsewhere.id, "r1", { status: "ready" });
      await reserve("r1", null, { analysis: "creating", queryHash: "hash-3" });
      expect(await saved("creating", "elsewhere", "20260101")).toEqual(["20260101"]);
    });

    it("pages newest first, each row once while others are added, filters by status and searches", async () => {
      const made: string[] = [];
      for (let i = 0; i < 5; i++) {
        const { row } = await reserve("r1", null, { queryHash: `hash-${i}`, title: `Title ${i} 100%` });
        made.unshift(row.id);
      }
      const first = await exports.list({ limit: 3 });
      await reserve("r1", null, { queryHash: "hash-new", title: "ÉTÉ" });
      const second = await exports.list({ limit: 3, after: first.next ?? "" });
      expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(made);
      expect(second.next).toBeNull();
      expect((await exports.list({ limit: 9, search: "tITLE 3" })).rows.map(({ id }) => id)).toEqual([
        made[1],
      ]);
      expect((await exports.list({ limit: 9, search: "0%" })).rows).toHaveLength(5);
      expect((await exports.list({ limit: 9, search: "1%0" })).rows).toEqual([]);
      await exports.update(made[0] ?? "", "r1", { status: "failed", fileName: "all-urls.csv" });
      for (const filter of [{ search: "urls.CSV" }, { search: "ti", status: "failed" }] as const)
        expect((await exports.list({ limit: 9, ...filter })).rows.map(({ id }) => id)).toEqual([made[0]]);
      expect((await exports.list({ limit: 9, status: "failed" })).rows.map(({ id }) => id)).toEqual([
        made[0],
      ]);
    });
  });
