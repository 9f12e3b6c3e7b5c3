import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Change } from "#core/change.ts";
import { mayWake, runStates } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { bring, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

export const claimsContract = (open: OpenStore) =>
  describe("claims", () => {
    let store: Store;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      onTestFinished(() => store.close());
    });

    it("hands out the run that has been due the longest, with a new epoch but no event and no new version", async () => {
      const late = await newRun(store, clock, { wakeAt: 50 });
      const early = await newRun(store, clock, { wakeAt: 40 });
      const before = (await store.run(early))?.run;
      const claimed = await store.claim("w1", 100, 10);
      expect(claimed?.run).toEqual({ ...before, epoch: 1, claimedBy: "w1", claimedUntil: 110 });
      expect(claimed).toEqual(await store.run(early));
      expect((await store.claim("w1", 100, 10))?.run.id).toBe(late);
      expect(await store.claim("w1", 100, 10)).toBeNull();
    });

    it("writes what the worker does first with the claim, unless another one left the run", async () => {
      const id = await newRun(store, clock, { wakeAt: 0 });
      const first = vi.fn(
        () =>
          ({
            run: { state: "running", startedAt: 90 },
            events: [{ type: "run.state", from: "queued", to: "running" }],
          }) satisfies Change,
      );
      const claimed = await store.claim("w1", 100, 10, { first });
      expect(first).toHaveBeenCalledWith(
        expect.objectContaining({ run: expect.objectContaining({ epoch: 1 }) }),
        100,
      );
      expect(claimed?.run).toMatchObject({
        state: "running",
        epoch: 1,
        claimedBy: "w1",
        version: 2,
        changedAt: 100,
      });
      expect(claimed?.first?.events).toEqual(await store.events(id, 1, 9));
      expect({ run: claimed?.run, steps: claimed?.steps }).toEqual(await store.run(id));
      expect(await store.claim("w2", 111, 10, { first })).toMatchObject({ left: true, run: { version: 2 } });
      expect(first).toHaveBeenCalledTimes(1);
      const none = await newRun(store, clock, { wakeAt: 0 });
      const other = await store.claim("w1", 112, 10, { first: () => null });
      expect(other).toEqual(await store.run(none));
    });

    it("hands a run to exactly one of many workers that ask at once", async () => {
      for (let made = 0; made < 5; made++) await newRun(store, clock);
      const asked = Array.from({ length: 20 }, (_, w) => store.claim(`w${w}`, clock.now(), 1_000));
      const ids = (await Promise.all(asked)).flatMap((claimed) => claimed?.run.id ?? []);
      expect(ids).toHaveLength(5);
      expect(new Set(ids).size).toBe(5);
    });

    it.each(runStates)("hands out a due run that is %s only when that state may wake", async (state) => {
      const id = await newRun(store, clock);
      await bring(store, id, state, { wakeAt: 1 });
      expect((await store.claim("w1", 2, 10))?.run.id).toBe(mayWake(state) ? id : undefined);
    });

    it("hands out a run at its time, not before, and never without one", async () => {
      const id = await newRun(store, clock, { wakeAt: 100 });
      await newRun(store, clock, { wakeAt: null });
      expect(await store.claim("w1", 99, 10)).toBeNull();
      expect((await store.claim("w1", 100, 10))?.run.id).toBe(id);
      expect(await store.claim("w2", 1_000_000, 10)).toMatchObject({ run: { id } });
    });

    it("never takes a run from the worker that holds it, even when its claim could not be prolonged in time", async () => {
      const id = await newRun(store, clock, { wakeAt: 0 });
      const held = await store.claim("w1", 100, 10);
      expect(await store.claim("w1", 1_000_000, 10)).toBeNull();
      expect(await store.beat(id, held?.run.epoch ?? -1, 2_000_000)).toBe(true);
    });

    it("wakes what would sleep by a clock that was set back, and nothing else", async () => {
      const at = clock.now();
      const ahead = await newRun(store, clock, { wakeAt: at + 60_000 });
      await store.change(ahead, at, () => ({ run: { title: "changed" }, events: [] }));
      await store.wakeAhead(at, at + 60_000);
      expect(await store.claim("w1", at, 10)).toBeNull();
      await store.wakeAhead(at - 7_200_000, at);
      expect((await store.claim("w1", at - 7_200_000, 10))?.run.id).toBe(ahead);
    });

    it("wakes what would sleep beyond what anybody may ask for", async () => {
      const at = clock.now();
      const far = await newRun(store, clock, { wakeAt: at + 60_001 });
      await store.wakeAhead(at, at + 60_000);
      expect((await store.claim("w1", at, 10))?.run.id).toBe(far);
    });

    it("hands a run on when its claim ran out, and the first worker can no longer prolong it", async () => {
      const id = await newRun(store, clock, { wakeAt: 0 });
      await store.claim("w1", 100, 10);
      expect(await store.claim("w2", 109, 10)).toBeNull();
      expect((await store.claim("w2", 110, 10))?.run).toMatchObject({ id, epoch: 2, claimedBy: "w2" });
      expect(await store.beat(id, 1, 500)).toBe(false);
      await store.release(id, 1);
      expect((await store.run(id))?.run).toMatchObject({ claimedBy: "w2", claimedUntil: 120 });
    });

    it("prolongs a claim by a beat, and lets go of it by release", async () => {
      const id = await newRun(store, clock, { wakeAt: 0 });
      await store.claim("w1", 100, 10);
      expect(await store.beat(id, 1, 500)).toBe(true);
      expect(await store.claim("w2", 499, 10)).toBeNull();
      await store.release(id, 1);
      expect(await store.beat(id, 1, 900)).toBe(false);
      expect((await store.claim("w2", 101, 10))?.run.epoch).toBe(2);
    });

    it("forgets all claims at once and gives the runs that were under way", async () => {
      const claimed = await newRun(store, clock, { wakeAt: 0 });
      await store.claim("w1", 100, 10_000);
      await newRun(store, clock, { wakeAt: 0 });
      expect(await store.releaseAll()).toEqual([claimed]);
      expect((await store.run(claimed))?.run).toMatchObject({
        claimedBy: null,
        claimedUntil: null,
        epoch: 1,
      });
      expect(await store.releaseAll()).toEqual([]);
    });

    it("knows when the next run becomes due that nobody has and that may wake", async () => {
      expect(await store.nextWake()).toBeNull();
      await newRun(store, clock, { wakeAt: 10 });
      await store.claim("w1", 10, 1_000);
      const asking = await newRun(store, clock);
      await bring(store, asking, "asking", { wakeAt: null });
      const over = await newRun(store, clock);
      await bring(store, over, "failed", { wakeAt: 20 });
      expect(await store.nextWake()).toBeNull();
      await newRun(store, clock, { wakeAt: 40 });
      await newRun(store, clock, { wakeAt: 30 });
      expect(await store.nextWake()).toBe(30);
    });
  });
