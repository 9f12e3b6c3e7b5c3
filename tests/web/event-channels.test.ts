import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recorded } from "#core/change.ts";
import {
  createEventChannels,
  type EventChannelDeps,
  type Follower,
  type Numbered,
} from "#web/live/event-channels.ts";
import { silent } from "../engine/world.ts";

/** A store and a feed whose every read and every telling takes its turn when the scheduler says so. */
const world = (scheduler: fc.Scheduler) => {
  const events: Numbered[] = [];
  const listeners = new Set<(recorded: Recorded) => void>();
  const read = scheduler.scheduleFunction(async (name: string) => name);
  const deps: EventChannelDeps<Numbered> = {
    engine: {
      listen: (hear: (recorded: Recorded) => void) => {
        listeners.add(hear);
        return () => listeners.delete(hear);
      },
    },
    // What a read gives is what is there at some time between asking and answering.
    read: async (_: string, after: number, limit: number) => {
      await read("read begins");
      const found = events.slice(after, after + limit);
      await read("read ends");
      return found;
    },
    log: silent,
  };
  return {
    listeners,
    deps,
    commit: () => {
      events.push({ n: events.length + 1 });
    },
    tell: () => {
      for (const hear of [...listeners]) hear({ run: { id: "r" } } as Recorded);
    },
  };
};

const follower = (last: number) => {
  const gone = new AbortController();
  const seen: number[] = [];
  const it: Follower<Numbered> = {
    last,
    send: ({ n }) => seen.push(n),
    drained: async () => {},
    end: () => gone.abort(),
    signal: gone.signal,
  };
  return { it, seen, leave: () => gone.abort() };
};

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

// The seed is of an order in which the only live follower had an event, left, and the next one missed it.
test.each([
  ["in whatever order reads, commits and tellings fall", {}],
  ["also where the only live one had an event and left", { seed: -2048434862 }],
])("%s, every follower gets each event after its own once and in order", async (_, order) => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }),
      async (scheduler, lasts) => {
        const { deps, commit, tell, listeners } = world(scheduler);
        const channels = createEventChannels(deps);
        for (let n = 0; n < 4; n += 1) commit();
        const followers = lasts.map(follower);
        const comes = scheduler.scheduleSequence(
          followers.map(({ it }) => async () => {
            void channels.follow("r", it);
          }),
        );
        const passing = follower(0);
        const passes = scheduler.scheduleSequence([
          async () => {
            void channels.follow("r", passing.it);
          },
          async () => passing.leave(),
        ]);
        const changes = scheduler.scheduleSequence(
          from(1, 5).flatMap(() => [async () => commit(), async () => tell()]),
        );
        await scheduler.waitFor(Promise.all([comes.task, passes.task, changes.task]));
        await scheduler.waitIdle();
        for (const [at, { seen }] of followers.entries()) expect(seen).toEqual(from((lasts[at] ?? 0) + 1, 9));
        expect(passing.seen).toEqual(from(1, passing.seen.length));
        for (const { leave } of followers) leave();
        expect(listeners.size).toBe(0);
      },
    ),
    { numRuns: 500, ...order },
  );
});

test("events that cannot be read send the live followers away instead of leaving them without news", async () => {
  const { deps, commit, tell } = world({ scheduleFunction: (call: unknown) => call } as fc.Scheduler);
  commit();
  const channels = createEventChannels({ ...deps, read: (...asked) => deps.read(...asked) });
  const one = follower(0);
  await channels.follow("r", one.it);
  expect(one.seen).toEqual([1]);
  deps.read = () => Promise.reject(new Error("disk full"));
  commit();
  tell();
  await new Promise<void>((resolve) => {
    if (one.it.signal.aborted) resolve();
    one.it.signal.addEventListener("abort", () => resolve());
  });
  expect(one.seen).toEqual([1]);
});

test("two thousand who begin to follow one run at once are told of it by one read, and leave others their turn between them", async () => {
  const events = Array.from({ length: 50 }, (_, at) => ({ n: at + 1 }));
  let reads = 0;
  const channels = createEventChannels<Numbered>({
    engine: { listen: () => () => {} },
    read: async (_, after) => {
      reads += 1;
      return events.slice(after);
    },
    log: silent,
  });
  const followers = Array.from({ length: 2_000 }, () => follower(0));
  let isOver = false;
  const all = Promise.all(followers.map(({ it }) => channels.follow("r", it))).then(() => {
    isOver = true;
  });
  // How many of them had everything, each time that somebody else had a turn.
  const told: number[] = [];
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    told.push(followers.filter(({ seen }) => seen.length === events.length).length);
  }
  await all;
  expect(told.at(-1)).toBe(2_000);
  const steps = told.map((count, at) => count - (told[at - 1] ?? 0));
  expect(Math.max(...steps)).toBeLessThanOrEqual(250);
  // The page of all events, and the one that finds nothing after them.
  expect(reads).toBe(2);
  for (const { leave } of followers) leave();
});
