import { expect, onTestFinished, test } from "vitest";
import type { Store } from "#core/store.ts";
import type { Workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { dyingStore, mortalStore } from "./dying-store.ts";
import { flow, openWorld } from "./world.ts";

/** Two steps, of which the second only reads unless told otherwise; what they did is told. */
const twoSteps = (did: string[], kind: "reads" | "may do harm" | "takes turns" = "reads"): Workflow => {
  const run = async ({ signal }: { signal: AbortSignal }) => {
    signal.throwIfAborted();
    did.push("two");
  };
  const reads = { run, readsOnly: true } as const;
  const turn = { of: () => "here" };
  const first = flow().do("one", "One", { run: async () => void did.push("one") });
  const both =
    kind === "may do harm"
      ? first.do("two", "Two", { run })
      : first.do("two", "Two", kind === "reads" ? reads : { ...reads, turn });
  return both.hands(() => ({ sentence: "Done." }));
};

/** What happens at the moment when the first step's end is kept, before anybody hears of it. */
const atTheEndOfOne = async (happens: (runId: string) => Promise<unknown>) => {
  const store = await newStore();
  let happened = false;
  const told: Store = {
    ...store,
    change: async (id, at, decide, fence) => {
      const recorded = await store.change(id, at, decide, fence);
      if (!happened && recorded.steps[0]?.state === "completed") {
        happened = true;
        await happens(id);
      }
      return recorded;
    },
  };
  return told;
};

const statesOf = async (store: Store, id: string) =>
  (await store.events(id, 0, 100)).flatMap((event) =>
    event.type === "step.state" ? [`${event.stepId} ${event.to}`] : [],
  );

test("a step that only reads begins in the commit that ends the one before it, and is told after it", async () => {
  const did: string[] = [];
  const world = await openWorld([twoSteps(did)]);
  onTestFinished(() => world.close());
  const commits: string[][] = [];
  world.engine.listen(({ events }) => {
    const moved = events.flatMap((event) =>
      event.type === "step.state" ? [`${event.stepId} ${event.to}`] : [],
    );
    if (moved.length > 0) commits.push(moved);
  });
  await world.until(await world.start(), "completed");
  expect(commits).toEqual([["one running"], ["one completed", "two running"], ["two completed"]]);
});

test.each([
  ["a person would have to say what became of it", "may do harm"],
  ["it needs a turn", "takes turns"],
] as const)("where %s, it begins by itself", async (_, kind) => {
  const world = await openWorld([twoSteps([], kind)]);
  onTestFinished(() => world.close());
  const begins: number[] = [];
  world.engine.listen(({ events }) => {
    const moved = events.filter((event) => event.type === "step.state");
    if (moved.length > 0) begins.push(moved.length);
  });
  await world.until(await world.start(), "completed");
  expect(begins).toEqual([1, 1, 1, 1]);
});

test("dying right after that commit means doing it once more without asking, and the one before it not", async () => {
  const did: string[] = [];
  const store = await newStore();
  // Begun, and then ended with the beginning of the next.
  const { store: dying, died } = dyingStore(store, 2, "after");
  const first = await openWorld([twoSteps(did)], { store: dying });
  const id = await first.start();
  await died;
  expect(did).toEqual(["one"]);
  const second = await openWorld([twoSteps(did)], { store });
  onTestFinished(() => second.close());
  await second.until(id, "completed");
  expect(did).toEqual(["one", "two"]);
  expect((await second.run(id)).run.recovery).toMatchObject({ stepId: "two", outcome: "again" });
});

test("a cancel in that moment ends it before it has done anything", async () => {
  const did: string[] = [];
  const store = await atTheEndOfOne((id) => world.engine.cancel(id, "Ada"));
  const world = await openWorld([twoSteps(did)], { store });
  onTestFinished(() => world.close());
  const id = await world.start();
  const { run, steps } = await world.until(id, "cancelled");
  expect(did).toEqual(["one"]);
  expect(steps.map(({ state }) => state)).toEqual(["completed", "failed"]);
  expect(run.cancel).toMatchObject({ stepId: "two", unconfirmed: null });
});

test("a pause in that moment lets it end, and nothing else begins", async () => {
  const did: string[] = [];
  const store = await atTheEndOfOne((id) => world.engine.pause(id, "Ada"));
  const world = await openWorld([twoSteps(did)], { store });
  onTestFinished(() => world.close());
  const id = await world.start();
  await world.until(id, "paused");
  expect(await statesOf(store, id)).toEqual(["one running", "one completed", "two running", "two completed"]);
  await world.engine.resume(id, "Ada");
  await world.until(id, "completed");
  expect(did).toEqual(["one", "two"]);
});

test("what a person asked for before that commit comes before the next step", async () => {
  const did: string[] = [];
  const slow = flow()
    .do("one", "One", {
      run: async () => {
        did.push("one");
        await world.engine.pause(id, "Ada");
      },
    })
    .do("two", "Two", { readsOnly: true, run: async () => void did.push("two") })
    .hands(() => ({ sentence: "Done." }));
  let id = "";
  const world = await openWorld([slow], { overrides: { newId: () => "0".repeat(32) } });
  onTestFinished(() => world.close());
  id = "0".repeat(32);
  await world.start();
  const { steps } = await world.until(id, "paused");
  expect(steps.map(({ state, attempt }) => [state, attempt])).toEqual([
    ["completed", 1],
    ["pending", 0],
  ]);
  expect(did).toEqual(["one"]);
});

test("a server that closes in that moment does it at the next start", async () => {
  const did: string[] = [];
  const store = await newStore();
  const closing = Promise.withResolvers<void>();
  const told: Store = {
    ...store,
    change: async (...given) => {
      const recorded = await store.change(...given);
      if (recorded.steps[0]?.state === "completed" && recorded.steps[1]?.state === "running") {
        void first.engine.close().then(closing.resolve);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return recorded;
    },
  };
  const first = await openWorld([twoSteps(did)], { store: told });
  const id = await first.start();
  await closing.promise;
  expect(did).toEqual(["one"]);
  const second = await openWorld([twoSteps(did)], { store });
  onTestFinished(() => second.close());
  await second.until(id, "completed");
  expect(did).toEqual(["one", "two"]);
});

/** What a run's record says, without what differs between any two. */
const recordOf = async (store: Store, id: string) =>
  (await store.events(id, 0, 100)).map(({ runId: _, at: _at, ...event }) => event);

test("where it is known what the workflow took before, a first step that only reads begins in the commit by which a worker takes the run, and nobody sees a difference", async () => {
  const store = await newStore();
  const began: (readonly string[])[] = [];
  const told: Store = {
    ...store,
    claim: async (...given) => {
      const claimed = await store.claim(...given);
      if (claimed !== null) began.push((claimed.first?.events ?? []).map(({ type }) => type));
      return claimed;
    },
  };
  const only = flow()
    .do("one", "One", { readsOnly: true, run: async () => {} })
    .hands(() => ({ sentence: "Done." }), { size: () => ({ count: 3, what: "rows" }) });
  const world = await openWorld([only], { store: told });
  onTestFinished(() => world.close());
  const ids: string[] = [];
  const seen: number[][] = [];
  for (let n = 0; n < 3; n++) {
    const numbers: number[] = [];
    const stop = world.engine.listen(({ events }) => void numbers.push(...events.map((event) => event.n)));
    const id = await world.start();
    const { run } = await world.until(id, "completed");
    expect(run.size).toEqual({ count: 3, what: "rows" });
    stop();
    seen.push(numbers);
    ids.push(id);
  }
  const both = ["step.state", "run.state"];
  expect(began).toEqual([[], both, both]);
  const [first, ...others] = await Promise.all(ids.map((id) => recordOf(store, id)));
  for (const other of others) expect(other).toEqual(first);
  for (const numbers of seen) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

test("dying right after the commit by which it was taken means beginning it once more without asking", async () => {
  const store = await newStore();
  const { store: mortal, die } = mortalStore(store);
  const did: string[] = [];
  const reads = flow()
    .do("one", "One", { readsOnly: true, run: async () => void did.push("one") })
    .hands(() => ({ sentence: "Done." }));
  let isLast = false;
  const died = Promise.withResolvers<void>();
  const dying: Store = {
    ...mortal,
    claim: async (...given) => {
      const claimed = await mortal.claim(...given);
      if (!isLast || claimed === null) return claimed;
      died.resolve();
      return die();
    },
  };
  const first = await openWorld([reads], { store: dying });
  await first.until(await first.start(), "completed");
  isLast = true;
  const id = await first.start();
  await died.promise;
  expect(did).toEqual(["one"]);
  const second = await openWorld([reads], { store });
  onTestFinished(() => second.close());
  const { run, steps } = await second.until(id, "completed");
  expect(did).toEqual(["one", "one"]);
  expect(steps[0]?.attempt).toBe(2);
  expect(run.recovery).toMatchObject({ stepId: "one", outcome: "again" });
});
