import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import { start } from "#core/start.ts";
import type { Store } from "#core/store.ts";
import { workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { flow, openWorld, realClock } from "./world.ts";

test("of two workers on one store each run is driven by one at a time, and every effect happens once", async () => {
  const inHand = new Map<string, number>();
  const effects: string[] = [];
  let most = 0;
  const step = (id: string) => ({
    run: async ({ runId }: { runId: string }) => {
      inHand.set(runId, (inHand.get(runId) ?? 0) + 1);
      most = Math.max(most, inHand.get(runId) ?? 0);
      effects.push(`${runId}/${id}`);
      await new Promise((resolve) => setTimeout(resolve, 3));
      inHand.set(runId, (inHand.get(runId) ?? 0) - 1);
      return id;
    },
  });
  const working = flow()
    .do("a", "A", step("a"))
    .wait("w", "W", {
      everyMs: 2,
      timeoutMs: 60_000,
      look: async ({ look }) => (look < 3 ? { waiting: "BUSY" } : { done: 1 }),
    })
    .do("b", "B", step("b"))
    .hands(() => ({ sentence: "" }));
  const store = await newStore();
  const workers: string[] = [];
  const noting: Store = {
    ...store,
    claim: async (worker, ...given) => {
      const claimed = await store.claim(worker, ...given);
      if (claimed !== null) workers.push(worker);
      return claimed;
    },
  };
  // Short sleeps, as what one worker lets go of the other only finds by looking.
  const clock = {
    ...realClock,
    after: (ms: number, call: () => void) => realClock.after(Math.min(ms, 10), call),
  };
  const [one, other] = [
    await openWorld([working], { store: noting, overrides: { worker: "w1", clock } }),
    await openWorld([working], { store: noting, overrides: { worker: "w2", clock } }),
  ];
  const ids = await Promise.all(Array.from({ length: 12 }, () => one.start()));
  const ended = async (id: string): Promise<void> => {
    while ((await store.run(id))?.run.state !== "completed")
      await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await Promise.all(ids.map(ended));
  expect(most).toBe(1);
  expect(effects.toSorted()).toEqual(ids.flatMap((id) => [`${id}/a`, `${id}/b`]).toSorted());
  expect(new Set(workers)).toEqual(new Set(["w1", "w2"]));
  await one.engine.close();
  await other.close();
});

test("a step that takes a moment begins at once behind two dozen runs that wait for somebody else, whatever slots there are", async () => {
  let over = false;
  const deploys = flow()
    .wait("deploy", "Deploy", {
      everyMs: 20,
      timeoutMs: 60_000,
      look: async () => (over ? { done: 1 } : { waiting: "BUSY" }),
    })
    .hands(() => ({ sentence: "" }));
  const quick = workflow("quick", "Quick", "", start({ subject: () => "" }))
    .do("moment", "A moment", { run: async () => 1 })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([deploys, quick], { overrides: { concurrency: 2 } });
  const ids = await Promise.all(Array.from({ length: 24 }, () => world.start()));
  for (const id of ids) await world.until(id, "waiting");
  const { runId } = await world.engine.start("quick", {}, "Ada");
  await world.until(runId, "completed");
  for (const id of ids) expect((await world.store.run(id))?.run.state).not.toBe("completed");
  over = true;
  for (const id of ids) await world.until(id, "completed");
  await world.close();
});

test("what a look gave to remember is there at the next one, also after one that failed", async () => {
  const seen: unknown[] = [];
  const remembers = flow()
    .wait("w", "W", {
      everyMs: 5,
      timeoutMs: 60_000,
      look: async ({ memo, look }) => {
        seen.push(memo);
        if (look === 2) throw new AppError("unreachable", "It does not answer.", { canPass: true });
        return look === 4 ? { done: 1 } : { waiting: "BUSY", memo: { look } };
      },
    })
    .hands(() => ({ sentence: "" }));
  const store = await newStore();
  const world = await openWorld([remembers], { store });
  const id = await world.start();
  await world.until(id, "completed");
  expect(seen).toEqual([undefined, { look: 1 }, { look: 1 }, { look: 3 }]);
  await world.close();
});

test("a worker whose claim lapsed while it was at work does not take the run from itself, and ends it", async () => {
  let ran = 0;
  let offset = 0;
  const wakeUp = Promise.withResolvers<string>();
  const began = Promise.withResolvers<void>();
  const memory = await newStore();
  let claims = 0;
  let isBack = false;
  const store: Store = {
    ...memory,
    beat: (...given) => (isBack ? memory.beat(...given) : Promise.reject(new Error("disk I/O error"))),
    claim: (...given) => {
      claims++;
      return memory.claim(...given);
    },
  };
  const clock = {
    now: () => realClock.now() + offset,
    after: (ms: number, call: () => void) => realClock.after(Math.min(ms, 10), call),
  };
  const world = await openWorld(
    [
      flow()
        .do("long", "Long", {
          safeBecause: "It only counts.",
          run: () => {
            ran++;
            began.resolve();
            return wakeUp.promise;
          },
        })
        .hands(() => ({ sentence: "" })),
    ],
    { store, overrides: { clock, leaseMs: 1_000 } },
  );
  const id = await world.start();
  await began.promise;
  offset = 3_600_000;
  const before = claims;
  while (claims < before + 5) await new Promise((resolve) => setTimeout(resolve, 5));
  isBack = true;
  wakeUp.resolve("done");
  const { run, steps } = await world.until(id, "completed");
  expect({ ran, epoch: run.epoch, attempt: steps[0]?.attempt }).toEqual({ ran: 1, epoch: 1, attempt: 1 });
  await world.close();
});

test("a cancel that shares a sync with the worker's own commit is heard, though it is told before that commit is answered", async () => {
  const memory = await newStore();
  let first = true;
  const [held, asked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const store: Store = {
    ...memory,
    change: async (id, at, decide, fence) => {
      if (fence === undefined) {
        asked.resolve();
        await Promise.resolve();
      } else if (first) {
        first = false;
        held.resolve();
        await asked.promise;
      } else {
        // Later than the worker's own next look at the run.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return memory.change(id, at, decide, fence);
    },
  };
  const look = async () => ({ waiting: "BUSY" });
  const world = await openWorld(
    [
      flow()
        .wait("w", "W", { everyMs: 600_000, timeoutMs: 1e9, look })
        .hands(() => ({ sentence: "" })),
    ],
    { store },
  );
  const id = await world.start();
  await held.promise;
  await world.engine.cancel(id, "Ada");
  expect((await world.until(id, "cancelled")).run.wish).toBeNull();
  await world.close();
});

test("who has not heard of the store for as long as a claim holds begins nothing before it knows that it still has the run", async () => {
  const store = await newStore();
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    after: (ms: number, call: () => void) => realClock.after(Math.min(ms, 10), call),
  };
  const begunBy: string[] = [];
  const waiting = (worker: string) =>
    flow()
      .wait("w", "W", {
        ...{ everyMs: 2, timeoutMs: 60_000 },
        begin: async () => void begunBy.push(worker),
        look: async () => ({ done: 1 }),
      })
      .hands(() => ({ sentence: "" }));
  // What it writes is kept, and no answer comes back.
  const answers = Promise.withResolvers<void>();
  let isCutOff = false;
  const silent: Store = {
    ...store,
    claim: async (...given) => (isCutOff ? null : store.claim(...given)),
    change: async (...given) => {
      const recorded = await store.change(...given);
      isCutOff ||= recorded.steps[0]?.state === "waiting";
      if (isCutOff) await answers.promise;
      return recorded;
    },
    beat: async (...given) => {
      if (isCutOff) await answers.promise.then(() => new Promise((resolve) => setTimeout(resolve, 50)));
      return store.beat(...given);
    },
  };
  const free: Store = { ...store, claim: async (...given) => (isCutOff ? store.claim(...given) : null) };
  const cut = await openWorld([waiting("w1")], { store: silent, overrides: { worker: "w1", clock } });
  const other = await openWorld([waiting("w2")], { store: free, overrides: { worker: "w2", clock } });
  const id = await cut.start();
  await expect.poll(() => isCutOff).toBe(true);
  ahead = 31_000;
  await other.until(id, "completed");
  answers.resolve();
  // Its beat is answered a moment later, and it hears then that it has lost the run.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await cut.engine.close();
  expect(begunBy).toEqual(["w2"]);
  await other.close();
});
