import { afterEach, describe, expect, test } from "vitest";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import { learn } from "#core/time-left/learn.ts";
import { withSigns } from "#engine/commit/progress.ts";
import { createTold, spentOf } from "#engine/commit/told.ts";
import type { Move } from "#engine/moves/move.ts";
import { budget } from "../budget/budget.ts";
import { aStep } from "../core/a-step.ts";
import { flow, oneStep, openWorld, realClock, type World } from "./world.ts";

let world: World;
afterEach(() => world?.close());

const second = 1_000;

/** A clock that only steps move; timers run in real time. */
const handClock = (): Clock & { pass(ms: number): void } => {
  let at = 1_700_000_000_000;
  return {
    now: () => at,
    after: realClock.after,
    pass: (ms) => {
      at += ms;
    },
  };
};

/** Four steps of a second each. */
const fourSeconds = (clock: { pass(ms: number): void }) => {
  const run = async () => clock.pass(second);
  return flow()
    .do("a", "A", { run })
    .do("b", "B", { run })
    .do("c", "C", { run })
    .do("d", "D", { run })
    .hands(() => ({ sentence: "Done." }));
};

test("what a step usually takes is told when there were two runs: the first one is not its own usual", async () => {
  const clock = handClock();
  world = await openWorld([fourSeconds(clock)], { overrides: { clock } });
  const usual = async () => {
    const id = await world.start();
    await world.until(id, "completed");
    return (await world.engine.picture(id)).steps.map(({ usualMs }) => usualMs);
  };
  expect(await usual()).toEqual([null, null, null, null]);
  expect(await usual()).toEqual([second, second, second, second]);
});

test("what is told at the start and at each tenth of that is kept, from the second run on, also within a step that tells nothing", async () => {
  const clock = handClock();
  world = await openWorld([fourSeconds(clock)], { overrides: { clock } });
  const first = await world.start();
  await world.until(first, "completed");
  expect(await world.store.estimates("flow", 9)).toEqual([]);
  const id = await world.start();
  await world.until(id, "completed");
  const kept = await world.store.estimates("flow", 9);
  expect(kept.map((one) => [one.runId, one.tenth, one.runs])).toEqual(
    Array.from({ length: 10 }, (_, tenth) => [id, tenth, 1]),
  );
  const told = kept[0]?.p50Ms ?? 0;
  for (const { tenth, spentMs, p10Ms, p50Ms, p90Ms } of kept) {
    const left = 4 * second - spentMs;
    expect(Math.abs(spentMs - (tenth / 10) * told)).toBeLessThanOrEqual(1);
    expect(p10Ms).toBeLessThanOrEqual(left);
    expect(Math.abs(p50Ms - left)).toBeLessThan(0.15 * 4 * second);
    expect(p90Ms).toBeGreaterThanOrEqual(left);
  }
});

test("past runs and how good their estimates were can be looked up", async () => {
  const clock = handClock();
  world = await openWorld([fourSeconds(clock)], { overrides: { clock } });
  const first = await world.start();
  await world.until(first, "completed");
  const id = await world.start();
  await world.until(id, "completed");
  const { runs, steps, accuracy } = await world.engine.durations("flow");
  expect(runs).toMatchObject([
    { runId: id, activeMs: 4 * second, told: { p10Ms: expect.any(Number) } },
    { runId: first, activeMs: 4 * second, told: null },
  ]);
  expect(steps.map((one) => [one.id, one.p50Ms, one.runs, one.skipped])).toEqual(
    ["a", "b", "c", "d"].map((one) => [one, second, 2, 0]),
  );
  expect(accuracy.map((one) => [one.tenth, one.estimates, one.held])).toEqual(
    Array.from({ length: 10 }, (_, tenth) => [tenth, 1, 1]),
  );
});

test("a run that is under way tells its rest and when that is out of date; one that is over tells nothing", async () => {
  const clock = handClock();
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let runs = 0;
  world = await openWorld(
    [
      oneStep({
        run: async () => {
          if (++runs === 2) await held;
          clock.pass(100 * second);
        },
      }),
    ],
    { overrides: { clock } },
  );
  const first = await world.start();
  await world.until(first, "completed");
  const id = await world.start();
  await world.when(id, ({ steps }) => steps[0]?.state === "running");
  const early = await world.engine.picture(id, true);
  expect(early).toMatchObject({ firstRun: false, timeLeft: { runs: 1, because: null }, signs: [] });
  expect(early.steps[0]?.timeLeft?.p50Ms).toBeGreaterThan(50 * second);
  expect(early.freshUntil).toBeGreaterThanOrEqual(clock.now() + 5 * second);
  clock.pass(101 * second);
  const late = await world.engine.picture(id);
  expect(late.version).toBe(early.version);
  expect(late.timeLeft?.p50Ms).toBeLessThan(early.timeLeft?.p50Ms ?? 0);
  // It was silent for longer than in the only run before; one run is too little to call this one slow.
  expect(late.signs).toMatchObject([{ kind: "silent", stepId: "only" }]);
  go();
  const { steps } = await world.until(id, "completed");
  expect(steps[0]?.quietMs).toBe(201 * second);
  expect(await world.engine.picture(id, true)).toMatchObject({
    timeLeft: null,
    signs: [],
    later: [],
    freshUntil: null,
  });
});

test("what a quiet run tells beforehand is what it tells when the time has come, until more than figures changes", async () => {
  const clock = handClock();
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let runs = 0;
  const work = async () => {
    if (++runs > 4) await held;
    clock.pass((80 + 10 * runs) * second);
  };
  world = await openWorld([oneStep({ run: work })], { overrides: { clock } });
  for (let run = 0; run < 4; run += 1) await world.until(await world.start(), "completed");
  const id = await world.start();
  await world.when(id, ({ steps }) => steps[0]?.state === "running");
  // One that has just told something is not looked ahead for.
  expect((await world.engine.picture(id, true)).later).toEqual([]);
  clock.pass(5 * second);
  const quiet = await world.engine.picture(id, true);
  expect(quiet.later.length).toBeGreaterThan(5);
  let shown = quiet.percent;
  for (const { at, percent, timeLeft, steps, toldNowMs } of quiet.later) {
    clock.pass(at - clock.now());
    const then = await world.engine.picture(id);
    expect(then).toMatchObject({ version: quiet.version, percent, timeLeft, signs: quiet.signs });
    expect(then.told?.nowMs ?? null).toBe(toldNowMs);
    expect(steps.only).toEqual(then.steps[0]?.timeLeft);
    expect(percent).toBeGreaterThanOrEqual(shown);
    shown = percent;
  }
  // What is recorded stands at whole milliseconds.
  clock.pass(Math.ceil(clock.now()) - clock.now());
  expect(shown).toBeGreaterThan(quiet.percent);
  // It is silent or slow by then, or looking further ahead was not worth it: then the page asks.
  expect(quiet.freshUntil).toBeGreaterThan(clock.now());
  go();
  await world.until(id, "completed");
});

test("a run of ten seconds is told anew every second or so, whether it just told something or is silent", async () => {
  const clock = handClock();
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let runs = 0;
  const work = async () => {
    if (++runs > 4) await held;
    clock.pass(10 * second);
  };
  world = await openWorld([oneStep({ run: work })], { overrides: { clock } });
  for (let run = 0; run < 4; run += 1) await world.until(await world.start(), "completed");
  const id = await world.start();
  await world.when(id, ({ steps }) => steps[0]?.state === "running");
  const fresh = await world.engine.picture(id, true);
  expect(fresh.later).toEqual([]);
  expect(fresh.freshUntil).toBeLessThanOrEqual(clock.now() + 1.5 * second);
  clock.pass(5 * second);
  const { percent, later } = await world.engine.picture(id, true);
  const soon = later.filter(({ at }) => at <= clock.now() + 4 * second);
  expect(soon.length).toBeGreaterThanOrEqual(3);
  expect(soon.at(-1)?.percent).toBeGreaterThan(percent + 20);
  go();
  await world.until(id, "completed");
});

test("a page of a run that fell silent is drawn anew only when more than figures changes", async () => {
  const clock = handClock();
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  let runs = 0;
  const work = async () => {
    if (++runs > 4) await held;
    clock.pass((160 + 10 * runs) * second);
  };
  world = await openWorld([oneStep({ run: work })], { overrides: { clock } });
  for (let run = 0; run < 4; run += 1) await world.until(await world.start(), "completed");
  const id = await world.start();
  await world.when(id, ({ steps }) => steps[0]?.state === "running");
  let shown = await world.engine.picture(id, true);
  let draws = 0;
  for (const end = clock.now() + 600 * second; clock.now() < end; clock.pass(2 * second)) {
    if (clock.now() < (shown.freshUntil ?? 0)) continue;
    shown = await world.engine.picture(id, true);
    draws += 1;
  }
  // It became slow, silent and stuck meanwhile, and the page says so.
  expect(shown.signs.map(({ kind }) => kind)).toContain("stuck");
  expect(draws).toBeLessThanOrEqual(budget.quietPage.draws);
  go();
  await world.until(id, "completed");
});

test("what a step spent does not count the pause before another try, nor the one before", async () => {
  const clock = handClock();
  const spent: number[] = [];
  world = await openWorld(
    [
      oneStep({
        retry: { attempts: 2, firstMs: 1, factor: 1, maxMs: 1 },
        run: async ({ attempt }) => {
          const at = await world.store.run(id);
          spent.push(spentOf(at?.steps ?? [], clock.now()).get("only") ?? -1);
          clock.pass(7 * second);
          if (attempt === 1) throw new AppError("unreachable", "Not yet.");
        },
      }),
    ],
    { overrides: { clock } },
  );
  const id = await world.start();
  const { steps } = await world.until(id, "waiting", "completed");
  if (steps[0]?.state === "waiting") {
    clock.pass(60 * second);
    await world.until(id, "completed");
  }
  expect(spent).toEqual([0, 0]);
});

describe("what a step has spent", () => {
  const waiting = { word: "", since: 80_000, nextAt: 95_000, looks: 1 };
  const spent = (over: Partial<Step>) => spentOf([aStep("a", over)], 100_000).get("a");

  test("is counted in the try under way, of a wait since it first looked, without pauses and with no more of the last one than was meant", () => {
    expect(spent({ state: "running", startedAt: 1, attemptAt: 90_000 })).toBe(10_000);
    expect(
      spent({ state: "waiting", kind: "wait", activeMs: 5_000, waiting: { ...waiting, for: "look" } }),
    ).toBe(20_000);
    expect(spent({ state: "waiting", activeMs: 5_000, waiting: { ...waiting, for: "retry" } })).toBe(0);
  });

  test("is nothing while a person is asked, or before and after", () => {
    expect(spent({ state: "asking", kind: "ask", waiting: { ...waiting, for: "answer" } })).toBeUndefined();
    expect(spent({ state: "pending" })).toBeUndefined();
    expect(spent({ state: "completed", attemptAt: 1, startedAt: 1 })).toBeUndefined();
  });
});

describe("what is told between two changes of a run", () => {
  const past = (took: number) => ({
    runId: `r${took}`,
    stepId: "a",
    activeMs: took,
    quietMs: 0,
    skipped: false,
    units: 0,
    foreknown: false,
    size: 0,
  });
  const model = learn([past(100 * second), past(101 * second), past(99 * second)]);
  const start = 1_000_000;
  const at = (percentFloor: number) =>
    ({
      run: { id: "run", state: "running", startedAt: start, changedAt: start, percentFloor },
      steps: [aStep("a", { state: "running", startedAt: start, attemptAt: start })],
    }) as unknown as RunWithSteps;
  const nothing = { estimates: [], percent: null, reckonedAt: null };

  test("is each tenth once, at the moment when it had gone by", () => {
    const told = createTold();
    told.keep(at(0), nothing);
    const first = told.owed("run", model, start + 35 * second);
    expect(first.estimates.map((one) => [one.tenth, Math.round((one.at - start) / second)])).toEqual([
      [0, 0],
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    // Wherever between two changes it was, it is told in whole milliseconds.
    expect(told.owed("run", model, start + 35_001).estimates.every((one) => Number.isInteger(one.at))).toBe(
      true,
    );
    told.keep(at(34), first);
    expect(told.owed("run", model, start + 36 * second).estimates).toEqual([]);
    expect(told.owed("run", model, start + 41 * second).estimates.map((one) => one.tenth)).toEqual([4]);
  });

  test("is owed again when it could not be written", () => {
    const told = createTold();
    told.keep(at(0), nothing);
    const once = told.owed("run", model, start + 12 * second);
    expect(told.owed("run", model, start + 12 * second)).toEqual(once);
  });

  test("goes on after a restart from what the store kept", () => {
    const told = createTold();
    told.recall("run", [
      { runId: "run", tenth: 0, at: start, spentMs: 0, p10Ms: 1, p50Ms: 100 * second, p90Ms: 2, runs: 3 },
    ]);
    told.keep(at(0), nothing);
    expect(told.owed("run", model, start + 21 * second).estimates.map((one) => one.tenth)).toEqual([1, 2]);
  });

  test("is a percent that says the same as the time left and never falls, and nothing without a past", () => {
    const told = createTold();
    told.keep(at(0), nothing);
    expect(told.owed("run", null, start + second)).toEqual(nothing);
    const percent = (s: number) => told.owed("run", model, start + s * second).percent ?? -1;
    expect(Math.abs(percent(50) - 50)).toBeLessThanOrEqual(2);
    expect(told.shown("run", 70, start + 50 * second)).toBe(70);
    expect(percent(50)).toBe(70);
    expect(told.shown("run", 60, start + 50 * second)).toBe(70);
    // What pages say by themselves counts from the moment at which they say it.
    told.willShow("run", [
      { at: start + 55 * second, percent: 80 },
      { at: start + 60 * second, percent: 85 },
    ]);
    expect([54, 55, 59].map(percent)).toEqual([70, 80, 80]);
    expect(told.shown("run", 60, start + 61 * second)).toBe(85);
  });
});

describe("the longest silence of a step", () => {
  const told = (step: Partial<Step>, move: Move, now = 20_000) =>
    withSigns(
      {
        run: {},
        steps: [aStep("a", { state: "running", attemptAt: 5_000, signAt: 10_000, attempt: 1, ...step })],
      } as unknown as RunWithSteps,
      move,
      now,
    );
  const heard: Move = { steps: [{ id: "a", patch: { progress, share: 0.1 } }] };
  const patchOf = (move: Move) => move.steps?.find((one) => one.id === "a")?.patch;

  test("is kept when something is heard again, with whatever else changes of the step", () => {
    expect(patchOf(told({}, heard))).toEqual({ progress, share: 0.1, quietMs: 10_000, signAt: 20_000 });
    const done: Move = { steps: [{ id: "a", patch: { state: "completed", share: 1 } }] };
    expect(patchOf(told({}, done))).toEqual({
      quietMs: 10_000,
      state: "completed",
      share: 1,
      signAt: 20_000,
    });
  });

  test("is not written for less than before, and not at all for nothing heard", () => {
    expect(patchOf(told({ quietMs: 10_000 }, heard))).not.toHaveProperty("quietMs");
    expect(patchOf(told({}, heard, 10_500))).not.toHaveProperty("quietMs");
    expect(told({}, {})).toEqual({});
    expect(patchOf(told({ progress }, heard))).not.toHaveProperty("signAt");
  });

  test("does not count the time in which no server was there", () => {
    const again: Move = {
      steps: [{ id: "a", patch: { state: "running", attempt: 2, attemptAt: 20_000, signAt: 20_000 } }],
    };
    expect(patchOf(told({}, again))).not.toHaveProperty("quietMs");
  });

  test("goes on through looks of a wait that bring nothing new, and ends with a new word or counter", () => {
    const waiting = { for: "look", word: "BUSY", since: 9_000, nextAt: 19_000, looks: 3 } as const;
    const step: Partial<Step> = { state: "waiting", kind: "wait", waiting };
    const looked = (word: string): Move => ({
      steps: [{ id: "a", patch: { waiting: { ...waiting, word, since: 20_000, nextAt: 30_000, looks: 4 } } }],
    });
    expect(patchOf(told(step, looked("BUSY")))).not.toHaveProperty("signAt");
    expect(patchOf(told(step, looked("HALF")))).toMatchObject({ signAt: 20_000, quietMs: 10_000 });
  });
});

const progress = { done: 1, total: 10, what: "rows", unit: "rows", perSecond: null } as const;
