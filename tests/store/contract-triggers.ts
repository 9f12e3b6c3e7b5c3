import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { RunState } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { bodiesKept, mostTriggers, type NewFiring, type Trigger, TriggerMoved } from "#core/trigger.ts";
import { aTrigger, bring, change, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

const aFiring = (key: string, over: Partial<NewFiring> = {}): NewFiring => ({
  triggerId: "t",
  key,
  at: 1,
  became: "missed",
  because: null,
  dueAt: null,
  afterRunId: null,
  body: null,
  asked: "",
  ...over,
});
const follows = (on: readonly ("completed" | "failed")[]): Partial<Trigger> => ({
  when: { kind: "after", workflowId: "flow", on, mapping: {} },
});

export const triggersContract = (open: OpenStore) =>
  describe("what starts runs by itself", () => {
    let store: Store;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      onTestFinished(() => store.close());
    });
    const started = async (firing: NewFiring): Promise<string> => {
      const { createRun } = store;
      return newRun(
        { ...store, createRun: (run, steps, events) => createRun(run, steps, events, null, firing) },
        clock,
      );
    };
    const keys = async (id = "t") => (await store.triggers.firings(id, null, 50)).map(({ key }) => key);

    it("comes back as it was kept, by name, each name once, and goes with its firings", async () => {
      const { triggers } = store;
      const whole = aTrigger("t", {
        name: "b",
        secrets: { key: "sealed" },
        proof: { now: "one", former: "two" },
        former: { ask: { answer: [1], detail: "one" } },
        paused: { at: 1, because: "No.", withAll: true },
      });
      await triggers.add(whole);
      await triggers.add(aTrigger("other", { name: "a", ...follows(["failed"]) }));
      expect(await triggers.get("t")).toEqual(whole);
      expect((await triggers.list()).map(({ id }) => id)).toEqual(["other", "t"]);
      await expect(triggers.add(aTrigger("more", { name: "a" }))).rejects.toMatchObject({ field: "name" });
      await expect(triggers.change("t", 0, { name: "a" })).rejects.toMatchObject({ field: "name" });
      expect(await triggers.change("t", 0, { name: "b" })).toBe(true);
      await triggers.record(aFiring("1"));
      await triggers.remove("t");
      expect([await triggers.get("t"), await keys()]).toEqual([null, []]);
    });

    it("never becomes more than can be read whole", async () => {
      await Promise.all(
        Array.from({ length: mostTriggers }, (_, n) => store.triggers.add(aTrigger(`t${n}`))),
      );
      await expect(store.triggers.add(aTrigger("more"))).rejects.toMatchObject({ code: "not-allowed-now" });
      expect(await store.triggers.list()).toHaveLength(mostTriggers);
    });

    it("is changed only by whoever knows it as it is, with its firings in the same commit or without them", async () => {
      const { triggers } = store;
      await triggers.add(aTrigger("t"));
      expect(await triggers.change("t", 0, { decided: 5 }, [aFiring("1")])).toBe(true);
      expect(await triggers.change("t", 0, { decided: 9 }, [aFiring("2")])).toBe(false);
      expect([(await triggers.get("t"))?.decided, await keys()]).toEqual([5, ["1"]]);
      await expect(
        triggers.change("t", 1, { decided: 9, name: "" }, [aFiring("3", { triggerId: "gone" })]),
      ).rejects.toThrow(TriggerMoved);
      expect(await triggers.get("t")).toMatchObject({ decided: 5, revision: 1, name: "Schedule t" });
    });

    it("makes of each key one run, in the commit of its row and of what was decided, or none of the three", async () => {
      const { triggers } = store;
      await triggers.add(aTrigger("t"));
      await triggers.record(aFiring("1", { became: "queued" }));
      const move = { revision: 0, decided: 7, nextAt: 8 };
      const runId = await started(aFiring("1", { became: "run", asked: "a", move }));
      expect(await triggers.firing("t", "1")).toMatchObject({ became: "run", runId });
      expect(await triggers.get("t")).toMatchObject({ decided: 7, nextAt: 8, revision: 1 });
      await expect(started(aFiring("1", { became: "run" }))).rejects.toMatchObject({
        given: { runId, asked: "a" },
      });
      await expect(started(aFiring("2", { became: "run", move }))).rejects.toThrow(TriggerMoved);
      await expect(started(aFiring("3", { became: "run", triggerId: "gone" }))).rejects.toThrow(TriggerMoved);
      await triggers.record(aFiring("1", { became: "missed" }));
      expect(await triggers.firing("t", "1")).toMatchObject({ became: "run", runId });
      expect((await store.runs({ limit: 9 })).rows.map(({ run }) => run.id)).toEqual([runId]);
      expect([await keys(), await triggers.queued(9)]).toEqual([["1"], []]);
      expect(await triggers.underWay("t")).toEqual([runId]);
      await bring(store, runId, "completed");
      expect(await triggers.underWay("t")).toEqual([]);
      expect(await triggers.outcomes("t", 9)).toMatchObject([{ key: "1", run: { state: "completed" } }]);
    });

    it("queues what follows a run in the commit of its end, each once for the run and its end", async () => {
      const { triggers } = store;
      await triggers.add(aTrigger("c", follows(["completed"])));
      await triggers.add(aTrigger("f", follows(["failed"])));
      await triggers.add(aTrigger("p", { ...follows(["completed"]), paused: { at: 1, because: "No." } }));
      const waits = async () =>
        (await triggers.queued(9)).map(({ triggerId, key }) => `${triggerId} ${key}`).sort();
      const id = await newRun(store, clock);
      await newRun(store, clock, { workflowId: "other" }).then((other) => bring(store, other, "completed"));
      await bring(store, id, "running");
      // What is refused leaves neither the end nor what follows it.
      await expect(
        change(store, id, {
          run: { state: "completed" },
          steps: [{ id: "fetch", patch: { state: "completed" } }],
          events: [],
        }),
      ).rejects.toThrow();
      expect(await waits()).toEqual([]);
      const to = (state: RunState) => change(store, id, { run: { state }, events: [] });
      await to("completed");
      expect(await waits()).toEqual([`c ${id} completed`]);
      for (const state of ["queued", "completed", "queued", "failed"] as const) await to(state);
      const both = [`c ${id} completed`, `f ${id} failed`];
      expect(await waits()).toEqual(both);
      expect((await triggers.queued(9)).map(({ afterRunId }) => afterRunId)).toEqual([id, id]);
      await triggers.change("c", 0, { paused: { at: 2, because: "Ada paused it." } });
      expect(await waits()).toEqual([`f ${id} failed`]);
      expect(await triggers.firings("c", null, 9)).toMatchObject([
        { became: "skipped", because: expect.stringContaining("Ada paused it.") },
      ]);
    });

    it("takes the end of an undoing for no end of the run", async () => {
      const id = await newRun(store, clock);
      await bring(store, id, "completed");
      await store.triggers.add(aTrigger("f", follows(["failed"])));
      for (const state of ["undoing", "failed"] as const)
        await change(store, id, { run: { state }, events: [] });
      expect(await store.triggers.queued(9)).toEqual([]);
    });

    it("numbers its firings, gives them newest first and page by page, and keeps what only the newest calls brought", async () => {
      await store.triggers.add(aTrigger("t"));
      for (let n = 1; n <= bodiesKept + 2; n++)
        await store.triggers.record(
          aFiring(String(n), { became: n === 1 ? "refused" : "skipped", body: "{}" }),
        );
      const newest = await store.triggers.firings("t", null, 50);
      expect(newest.map(({ n }) => n)).toEqual(
        Array.from({ length: bodiesKept + 2 }, (_, at) => bodiesKept + 2 - at),
      );
      expect(newest.filter(({ body }) => body !== null)).toHaveLength(bodiesKept);
      expect((await store.triggers.firings("t", 3, 50)).map(({ key }) => key)).toEqual(["2", "1"]);
      expect((await store.triggers.outcomes("t", 9)).map(({ key }) => key)).toEqual(["1"]);
    });
  });
