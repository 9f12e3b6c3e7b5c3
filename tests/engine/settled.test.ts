import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import { newStore } from "../store/new-store.ts";
import { flow, openWorld, realClock, silent } from "./world.ts";

/** Nothing else in the engine waits this long, so its timers can be told from others. */
const waitMs = 59_123;

/** A world whose listeners and timers can be counted. */
const counted = async () => {
  let timers = 0;
  const listeners = new Set<object>();
  const clock: Clock = {
    now: realClock.now,
    after: (ms, call) => {
      const stop = realClock.after(ms, call);
      if (ms !== waitMs) return stop;
      timers += 1;
      return () => {
        timers -= 1;
        stop();
      };
    },
  };
  const { tell, listen } = createLocalFeed(silent);
  const feed = {
    tell,
    listen: (hear: Parameters<typeof listen>[0]) => {
      const it = {};
      listeners.add(it);
      const stop = listen(hear);
      return () => {
        listeners.delete(it);
        stop();
      };
    },
  };
  const store = await newStore();
  const asks = flow()
    .ask("go", "Go on?", { form: () => ({ fields: [], submit: "Go" }), read: () => "yes" })
    .hands(() => ({ sentence: "Done." }));
  const world = await openWorld([asks], { store, overrides: { clock, feed } });
  const runId = await world.start();
  await world.until(runId, "asking");
  // The worker that let the run go may still be tidying up after itself.
  const before = new Set(listeners);
  return { ...world, runId, left: () => timers + [...listeners].filter((one) => !before.has(one)).length };
};

test("waiting for a run leaves nothing behind: no listener, no timer, whatever ended it", async () => {
  const world = await counted();
  const { signal } = new AbortController();
  await world.engine.settled(world.runId, waitMs, signal);
  expect(world.left()).toBe(0);
  expect(getEventListeners(signal, "abort")).toEqual([]);

  await world.engine.settled(world.runId, waitMs, AbortSignal.abort());
  expect(world.left()).toBe(0);

  world.store.run = () => Promise.reject(new Error("the disk is gone"));
  await expect(world.engine.settled(world.runId, waitMs, signal)).rejects.toThrow("the disk is gone");
  expect(world.left()).toBe(0);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  await world.close();
});
