import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { isOver, runStates } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import { bring, change, type HandClock, handClock, newRun, type OpenStore } from "./samples.ts";

export const locksContract = (open: OpenStore) =>
  describe("locks", () => {
    let store: Store;
    let clock: HandClock;
    beforeEach(async () => {
      clock = handClock();
      store = await open(clock);
      onTestFinished(() => store.close());
    });

    it("gives a lock to exactly one of many that start at once, and names it to the others", async () => {
      const tries = await Promise.allSettled(
        Array.from({ length: 10 }, () => newRun(store, clock, { lock: "bot:node1/mybot" })),
      );
      const won = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(won).toHaveLength(1);
      for (const one of tries) {
        if (one.status === "rejected")
          expect(one.reason).toMatchObject({
            code: "locked",
            runId: won[0],
            message: expect.stringContaining("subject"),
          });
      }
      expect((await store.runs({ limit: 20 })).rows).toHaveLength(1);
      expect((await store.lockHolder("bot:node1/mybot"))?.id).toBe(won[0]);
    });

    it.each(runStates)("keeps the lock of a run that is %s exactly until it is over", async (state) => {
      const id = await newRun(store, clock, { lock: "L" });
      await bring(store, id, state);
      const other = newRun(store, clock, { lock: "L" });
      if (!isOver(state)) return expect(other).rejects.toMatchObject({ code: "locked", runId: id });
      const next = await other;
      expect((await store.lockHolder("L"))?.id).toBe(next);
    });

    it("takes the lock again when a run goes on that was over, and refuses while another has it", async () => {
      const first = await newRun(store, clock, { lock: "L" });
      await bring(store, first, "failed");
      const second = await newRun(store, clock, { lock: "L" });
      const goOn = () =>
        change(store, first, { run: { state: "queued" }, events: [{ type: "cancel.signalled" }] });
      await expect(goOn()).rejects.toMatchObject({ code: "locked", runId: second });
      expect((await store.run(first))?.run).toMatchObject({ state: "failed", lastEvent: 1 });
      await bring(store, second, "cancelled");
      await goOn();
      expect((await store.lockHolder("L"))?.id).toBe(first);
      await expect(newRun(store, clock, { lock: "L" })).rejects.toMatchObject({ code: "locked" });
    });

    it("holds the lock that a change gives to a run, and frees the one it had", async () => {
      const id = await newRun(store, clock, { lock: "old" });
      await change(store, id, { run: { lock: "new" }, events: [] });
      expect((await store.lockHolder("new"))?.id).toBe(id);
      expect(await store.lockHolder("old")).toBeNull();
      await expect(newRun(store, clock, { lock: "new" })).rejects.toMatchObject({ code: "locked" });
    });
  });
