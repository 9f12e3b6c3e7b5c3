import { expect, test } from "vitest";
import { AppError } from "#core/errors.ts";
import type { Workflow } from "#core/workflow.ts";
import { newStore } from "../store/new-store.ts";
import { flow, openWorld, realClock, stepOf } from "./world.ts";

const hour = 3_600_000;

/** The machine's clock, which somebody sets; timers go on as they do when a clock is set, and none is longer than 30 ms here. */
const setClock = () => {
  let offset = 0;
  return {
    set: (ms: number) => {
      offset += ms;
    },
    now: () => realClock.now() + offset,
    after: (ms: number, call: () => void) => realClock.after(Math.min(ms, 30), call),
  };
};

interface Seen {
  looks: number;
  tries: number;
  ready: boolean;
}
const nothingSeen = (): Seen => ({ looks: 0, tries: 0, ready: false });

/** A job elsewhere that is looked at every so often. */
const waiting = (seen: Seen, everyMs: number): Workflow =>
  flow()
    .wait("job", "Job", {
      everyMs,
      maxEveryMs: everyMs,
      timeoutMs: 6 * hour,
      look: async () => (++seen.looks > 1 && seen.ready ? { done: "ready" } : { waiting: "PROCESSING" }),
    })
    .hands(() => ({ sentence: "" }));

const backingOff = (seen: Seen): Workflow =>
  flow()
    .do("call", "Call", {
      safeBecause: "It only reads.",
      retry: { attempts: 3, firstMs: 10_000, factor: 1, maxMs: 10_000 },
      run: async () => {
        if (++seen.tries === 1) throw new AppError("unreachable", "Not there.");
        return "there";
      },
    })
    .hands(() => ({ sentence: "" }));

const asking = (timeoutMs: number): Workflow =>
  flow()
    .ask("q", "Q", {
      form: () => ({ fields: [], submit: "OK" }),
      read: () => "yes",
      timeoutMs,
      unanswered: {},
    })
    .hands(() => ({ sentence: "" }));

test.each([-2 * hour, -10 * 60_000])(
  "a clock set back by %i ms while a job is waited for: the next look comes within its usual pause",
  async (back) => {
    const clock = setClock();
    const seen = nothingSeen();
    const world = await openWorld([waiting(seen, 5_000)], { overrides: { clock } });
    const id = await world.start();
    await world.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) === 1);
    seen.ready = true;
    clock.set(back);
    // The timers are short here, so that this is found at once; by the clock no time passes at all.
    const { run } = await world.until(id, "completed");
    expect(run.endedAt).toBeLessThan(clock.now() + 1_000);
    await world.close();
  },
);

test("a clock set back while a try is awaited: the next try comes within its usual pause, and only what passed is told as back-off", async () => {
  const clock = setClock();
  const seen = nothingSeen();
  const world = await openWorld([backingOff(seen)], { overrides: { clock } });
  const id = await world.start();
  await world.when(id, ({ steps }) => steps[0]?.waiting?.for === "retry");
  clock.set(-2 * hour);
  const { steps } = await world.until(id, "completed");
  expect(seen.tries).toBe(2);
  expect(steps[0]?.backoffMs).toBeLessThanOrEqual(10_000);
  await world.close();
});

test("a clock set back while a person is asked: the question stays, with as much time as it had, and no answer is made up", async () => {
  const clock = setClock();
  const world = await openWorld([asking(hour)], { overrides: { clock } });
  const id = await world.start();
  await world.until(id, "asking");
  clock.set(-2 * hour);
  const at = await world.when(id, ({ steps }) => (steps[0]?.waiting?.since ?? Infinity) <= clock.now());
  expect(at.run.state).toBe("asking");
  expect(stepOf(at, "q").waiting?.nextAt).toBeLessThanOrEqual(clock.now() + hour);
  clock.set(hour);
  await world.until(id, "completed");
  await world.close();
});

test.each(["asleep", "off"] as const)(
  "after 8 hours %s no wait of 6 hours is over at its first look: only time in which Milepost looked counts",
  async (how) => {
    const clock = setClock();
    const seen = nothingSeen();
    const store = await newStore();
    const flows = [waiting(seen, 200)];
    const first = await openWorld(flows, { store, overrides: { clock } });
    const id = await first.start();
    await first.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) === 2);
    if (how === "off") await first.engine.close();
    clock.set(8 * hour);
    const world = how === "off" ? await openWorld(flows, { store, overrides: { clock } }) : first;
    const at = await world.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) >= 4);
    expect(at.run.state).toBe("waiting");
    expect(stepOf(at, "job").activeMs).toBeLessThan(60_000);
    expect(stepOf(at, "job").quietMs).toBeLessThan(60_000);
    seen.ready = true;
    await world.until(id, "completed");
    await world.close();
  },
);

test("a machine that sleeps 8 hours in the middle of a look has not looked for 8 hours", async () => {
  const clock = setClock();
  let looks = 0;
  const world = await openWorld(
    [
      flow()
        .wait("job", "Job", {
          everyMs: 1,
          timeoutMs: 6 * hour,
          look: async () => {
            if (++looks === 1) clock.set(8 * hour);
            return looks < 3 ? { waiting: "PROCESSING" } : { done: "ready" };
          },
        })
        .hands(() => ({ sentence: "" })),
    ],
    { overrides: { clock } },
  );
  const { steps } = await world.until(await world.start(), "completed", "failed");
  expect(steps[0]).toMatchObject({ state: "completed", result: "ready" });
  await world.close();
});

test("the time for an answer that ran out while nobody could answer is given again", async () => {
  const clock = setClock();
  const store = await newStore();
  const flows = [asking(hour)];
  const first = await openWorld(flows, { store, overrides: { clock } });
  const id = await first.start();
  await first.until(id, "asking");
  await first.engine.close();
  clock.set(8 * hour);
  const world = await openWorld(flows, { store, overrides: { clock } });
  const at = await world.when(
    id,
    ({ run, steps }) => run.state !== "asking" || (steps[0]?.waiting?.nextAt ?? 0) > clock.now(),
  );
  expect(at.run.state).toBe("asking");
  await world.engine.answer(id, "q", {}, "Ada");
  await world.until(id, "completed");
  await world.close();
});

test.each([-2 * hour, 8 * hour])(
  "a paused wait that is resumed after the clock changed by %i ms looks again within its pause, and has lost no time",
  async (change) => {
    const clock = setClock();
    const seen = nothingSeen();
    const world = await openWorld([waiting(seen, 300)], { overrides: { clock } });
    const id = await world.start();
    await world.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) === 1);
    await world.engine.pause(id, "Ada");
    await world.until(id, "paused");
    clock.set(change);
    await world.engine.resume(id, "Ada");
    const { run, steps } = await world.run(id);
    expect((run.wakeAt ?? Infinity) - clock.now()).toBeLessThanOrEqual(300);
    expect(steps[0]?.activeMs).toBeLessThan(10_000);
    seen.ready = true;
    await world.until(id, "completed");
    await world.close();
  },
);

test("a look that asks for a pause beyond the limit of its wait comes at the limit, and ends the wait with its last answer", async () => {
  const clock = setClock();
  let looks = 0;
  const endless = flow()
    .wait("job", "Job", {
      everyMs: 5_000,
      timeoutMs: hour,
      look: async () => {
        looks++;
        return { waiting: "PROCESSING", nextInMs: 1e15 };
      },
    })
    .hands(() => ({ sentence: "" }));
  const world = await openWorld([endless], { overrides: { clock } });
  const id = await world.start();
  const { run, steps } = await world.when(id, (at) => (at.steps[0]?.waiting?.looks ?? 0) === 1);
  expect((steps[0]?.waiting?.nextAt ?? 0) - (steps[0]?.waiting?.since ?? 0)).toBeLessThanOrEqual(hour + 1);
  expect(run.wakeAt).toBe(steps[0]?.waiting?.nextAt);
  clock.set(hour + 1_000);
  expect((await world.until(id, "failed")).run.error?.message).toMatch(/60 minutes .* PROCESSING/);
  expect(looks).toBe(2);
  await world.close();
});

test("a pause that was kept by somebody who believed that it may last for months is over after a day, at the next start", async () => {
  const clock = setClock();
  const seen = nothingSeen();
  const store = await newStore();
  const flows = [waiting(seen, 5_000)];
  const first = await openWorld(flows, { store, overrides: { clock } });
  const id = await first.start();
  const { run } = await first.when(id, ({ steps }) => (steps[0]?.waiting?.looks ?? 0) === 1);
  await first.engine.close();
  const kept = {
    for: "look",
    word: "PROCESSING",
    since: clock.now(),
    nextAt: clock.now() + 2_000 * hour,
    looks: 1,
  } as const;
  await store.change(run.id, clock.now(), () => ({
    run: { wakeAt: kept.nextAt },
    steps: [{ id: "job", patch: { waiting: kept } }],
    events: [{ type: "step.look", stepId: "job", word: "PROCESSING", looks: 1, nextAt: kept.nextAt }],
  }));
  seen.ready = true;
  clock.set(25 * hour);
  const world = await openWorld(flows, { store, overrides: { clock } });
  await world.until(id, "completed");
  await world.close();
});
