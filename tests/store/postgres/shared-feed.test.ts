import { expect, onTestFinished, test } from "vitest";
import type { Recorded } from "#core/change.ts";
import type { Store } from "#core/store.ts";
import { createLocalFeed } from "#engine/dispatch/local-feed.ts";
import type { Words } from "#store/postgres/announcements.ts";
import { createSharedFeed, type SharedFeed } from "#store/postgres/shared-feed.ts";
import { silent } from "../../engine/world.ts";
import { storeInMemory } from "../in-memory.ts";
import { handClock, newRun } from "../samples.ts";

/** Also on a machine that is busy with other things. */
const lately = { interval: 1 };
const nothing: Words = { runs: [], gone: [], about: [], work: false };

/** Two processes over one store, and the way between them, which the test holds. */
const openTwo = async () => {
  const hands = handClock();
  hands.pass(1_000_000);
  const timers = new Set<() => void>();
  const clock = {
    now: hands.now,
    after: (_ms: number, call: () => void) => {
      timers.add(call);
      return () => timers.delete(call);
    },
  };
  const store = storeInMemory(clock.now);
  // Long before either process was there.
  const old = await newRun(store, hands);
  hands.pass(100_000);
  const said: Words[] = [];
  const told: Recorded[] = [];
  const open = (say: (words: Partial<Words>) => void): SharedFeed => {
    const feed = createSharedFeed({
      ...{ local: createLocalFeed(silent), store, clock, log: silent, say },
      hears: () => true,
      ...{ gatherMs: 0, patienceMs: 0 },
    });
    onTestFinished(() => feed.close());
    return feed;
  };
  const here = open((words) => said.push({ ...nothing, ...words }));
  const there = open(() => {});
  there.listen((recorded) => told.push(recorded));
  onTestFinished(() => store.close());
  const commit = async (id: string, by: string, feed = here) => {
    const events = [{ type: "run.unlocked", by }] as const;
    feed.tell(await store.change(id, clock.now(), () => ({ events })));
  };
  /** Until as many events of the run were told there. */
  const until = (id: string, many: number) =>
    expect.poll(() => numbers(told, id).length, lately).toBeGreaterThanOrEqual(many);
  const fireTimers = () => {
    for (const call of [...timers]) call();
  };
  return { store, hands, old, here, there, said, told, commit, until, fireTimers };
};

const numbers = (told: readonly Recorded[], id: string): number[] =>
  told.filter(({ run }) => run.id === id).flatMap(({ events }) => events.map(({ n }) => n));

const oneToFive = [1, 2, 3, 4, 5];

test("what one process commits is told in another in order and once, however often and late it is said", async () => {
  const { store, hands, there, said, told, commit, until } = await openTwo();
  const id = await newRun(store, hands);
  for (const by of ["a", "b", "c", "d"]) await commit(id, by);
  const [first] = said;
  expect(first).toEqual({ ...nothing, runs: [[id, 2]] });
  there.hear({ ...nothing, runs: [[id, 1]] });
  await until(id, 5);
  for (const words of [...said, ...said]) there.hear(words);
  await commit(id, "e");
  for (const words of said) there.hear(words);
  await until(id, 6);
  expect(numbers(told, id)).toEqual([...oneToFive, 6]);
});

test("a commit of its own that follows another node's is told after that one, though it was heard of later", async () => {
  const { store, hands, there, told, commit, until } = await openTwo();
  const id = await newRun(store, hands);
  await commit(id, "there", there);
  for (const by of ["here", "here"]) await commit(id, by);
  await commit(id, "there", there);
  await until(id, 5);
  expect(numbers(told, id)).toEqual(oneToFive);
});

test("a run that was worked on here before it was heard of is told from its first event on, and an old one from here on", async () => {
  const { store, hands, old, there, told, commit, until } = await openTwo();
  const id = await newRun(store, hands);
  await commit(id, "there", there);
  await commit(old, "there", there);
  there.hear({ ...nothing, runs: [[id, 1]] });
  await until(id, 2);
  await until(old, 1);
  expect(numbers(told, id)).toEqual([1, 2]);
  expect(numbers(told, old)).toEqual([2]);
});

test("of more events than are read at once none is left out", async () => {
  const { store, hands, there, told, until } = await openTwo();
  const id = await newRun(store, hands);
  const many = 1_500;
  await store.change(id, hands.now(), () => ({
    events: Array.from({ length: many }, () => ({ type: "run.unlocked", by: "a" }) as const),
  }));
  there.hear({ ...nothing, runs: [[id, 2]] });
  await until(id, many);
  expect(numbers(told, id)).toEqual(Array.from({ length: many }, (_, place) => place + 2));
});

test("what was never said is found by asking the store, of a run that is over too, and nothing from before", async () => {
  const { store, hands, old, there, told, commit, until } = await openTwo();
  const [under, over] = [await newRun(store, hands), await newRun(store, hands)];
  await commit(old, "late");
  await commit(under, "late");
  await store.change(over, hands.now(), () => ({ run: { state: "completed" }, events: [] }));
  there.catchUp();
  await until(under, 2);
  await until(over, 1);
  await until(old, 1);
  expect(numbers(told, old)).toEqual([2]);
  expect(numbers(told, under)).toEqual([1, 2]);
  expect(told.find(({ run }) => run.id === over)?.run.state).toBe("completed");
});

test("a store that is away for a while loses no event", async () => {
  const { store, hands, there, told, commit, said, fireTimers } = await openTwo();
  const id = await newRun(store, hands);
  for (const by of ["a", "b"]) await commit(id, by);
  const asRecorded = store.asRecorded;
  let refused = 0;
  (store as Store).asRecorded = async (asked) => {
    if (refused++ === 0) throw new Error("away");
    return asRecorded(asked);
  };
  for (const words of said) there.hear(words);
  await expect.poll(() => refused, lately).toBe(1);
  const rested = () => {
    fireTimers();
    return numbers(told, id).length;
  };
  await expect.poll(rested, lately).toBe(2);
  expect(numbers(told, id)).toEqual([2, 3]);
});

test("a deleted run is told everywhere, without what was typed", async () => {
  const { store, hands, here, there, told, said } = await openTwo();
  const id = await newRun(store, hands);
  const at = await store.run(id);
  if (at === null) throw new Error("no run");
  here.tell({ ...at, events: [], deleted: true });
  for (const words of said) there.hear(words);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ deleted: true, run: { id, values: {} } });
});
