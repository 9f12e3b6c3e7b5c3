import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recorded } from "#core/change.ts";
import { createAllRuns } from "#web/live/all-runs.ts";
import { createEventChannels } from "#web/live/event-channels.ts";
import type { Message } from "#web/live/messages.ts";
import { silent } from "../engine/world.ts";

/** Two runs whose every commit, telling and read takes its turn when the scheduler says so. */
const world = (scheduler: fc.Scheduler) => {
  const messages = new Map<string, Message[]>();
  const listeners = new Set<(recorded: Recorded) => void>();
  const turn = scheduler.scheduleFunction(async (name: string) => name);
  const engine = {
    listen: (hear: (recorded: Recorded) => void) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
  const channels = createEventChannels<Message>({
    engine,
    log: silent,
    read: async (runId, after, limit) => {
      await turn("read begins");
      const found = (messages.get(runId) ?? []).slice(after, after + limit);
      await turn("read ends");
      return found;
    },
  });
  /** Commits the run's next event; the function returned tells it. */
  const commit = (runId: string, state: "running" | "completed") => {
    const made = messages.get(runId) ?? [];
    const n = made.length + 1;
    messages.set(runId, [...made, { n, runId, text: new Uint8Array() }]);
    return () => {
      const run = { id: runId, lastEvent: n, state, family: null };
      const recorded = { run, events: [{ n }] } as unknown as Recorded;
      for (const hear of [...listeners]) hear(recorded);
    };
  };
  return { all: createAllRuns({ engine, log: silent }, channels), commit, listeners, channels };
};

test("whatever order commits, tellings and reads fall in, each event of each run comes once and in order, also after a run was over", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      async (scheduler, ends) => {
        const { all, commit, listeners } = world(scheduler);
        const seen = new Map<string, number[]>();
        const stop = all.listen({
          hear: ({ runId, n }) => seen.set(runId, [...(seen.get(runId) ?? []), n]),
          lost: () => expect.unreachable(),
        });
        const tasks = ["a", "b"].map(
          (runId) =>
            scheduler.scheduleSequence(
              ends.flatMap((over) => {
                let tell = () => {};
                return [
                  async () => {
                    tell = commit(runId, over ? "completed" : "running");
                  },
                  async () => tell(),
                ];
              }),
            ).task,
        );
        await scheduler.waitFor(Promise.all(tasks));
        await scheduler.waitIdle();
        expect(Object.fromEntries(seen)).toEqual({ a: [1, 2, 3, 4, 5, 6], b: [1, 2, 3, 4, 5, 6] });
        stop();
        expect(listeners.size).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});

test("runs that are over are not followed any more", async () => {
  const { all, commit, listeners } = world({ scheduleFunction: (call: unknown) => call } as fc.Scheduler);
  const stop = all.listen({ hear: () => {}, lost: () => expect.unreachable() });
  for (let n = 0; n < 20; n += 1) commit(`run${n}`, "completed")();
  while (listeners.size > 1) await new Promise((resolve) => setImmediate(resolve));
  stop();
  expect(listeners.size).toBe(0);
});

test("when events cannot be read, those who follow all are told that they lost some", async () => {
  const { commit, all, channels } = world({ scheduleFunction: (call: unknown) => call } as fc.Scheduler);
  let lost = 0;
  all.listen({
    hear: () => {},
    lost: () => {
      lost += 1;
    },
  });
  channels.follow = () => Promise.reject(new Error("disk full"));
  commit("a", "running")();
  await new Promise((resolve) => setImmediate(resolve));
  expect(lost).toBe(1);
});
