import fc from "fast-check";
import { expect, test } from "vitest";
import type { PastStep } from "#core/store.ts";
import { learn } from "#core/time-left/learn.ts";
import { percentDone, timeLeft } from "#core/time-left/time-left.ts";
import { aStep } from "../a-step.ts";

const none = new Map<string, number>();

/** Past runs, newest first, each with what its steps a, b, … took; null: skipped. */
const past = (...runs: readonly (readonly (number | null)[])[]): PastStep[] =>
  runs.flatMap((steps, run) =>
    steps.map((ms, step) => ({
      runId: `r${run}`,
      stepId: "abcdefgh"[step] ?? "",
      activeMs: ms ?? 0,
      quietMs: 0,
      skipped: ms === null,
      units: 0,
      foreknown: false,
      size: 0,
    })),
  );
const repeat = <T>(times: number, one: (index: number) => T): T[] =>
  Array.from({ length: times }, (_, i) => one(i));
const minute = 60_000;

test("nothing is told before a run has completed, save what a step counts itself", () => {
  expect(timeLeft([aStep("a")], null, none).run).toBeNull();
  expect(timeLeft([aStep("a")], null, none).steps.size).toBe(0);
  const counting = timeLeft([aStep("a", { state: "running", share: 0.5 })], null, new Map([["a", minute]]));
  expect(counting.run).toBeNull();
  expect(counting.steps.get("a")?.p50Ms).toBeGreaterThan(0.8 * minute);
  expect(counting.steps.get("a")?.p50Ms).toBeLessThan(1.3 * minute);
});

test("after one run it is told from that one, with a wide interval that more runs alike make narrower", () => {
  const of = (runs: number) => timeLeft([aStep("a")], learn(past(...repeat(runs, () => [minute]))), none).run;
  const [one, ten] = [of(1), of(10)];
  expect(one?.runs).toBe(1);
  expect(ten?.runs).toBe(10);
  expect(one?.p50Ms).toBeGreaterThan(0.9 * minute);
  expect(one?.p50Ms).toBeLessThan(1.1 * minute);
  const width = (left: typeof one) => (left === null || left === undefined ? 0 : left.p90Ms / left.p10Ms);
  expect(width(ten)).toBeLessThan(width(one) / 1.3);
});

test("the middle lies between the ends, never below zero, and the same run gives the same answer", () => {
  const ms = fc.option(fc.integer({ min: 0, max: 1e8 }), { freq: 9 });
  const runs = fc.array(fc.tuple(ms, ms, ms), { minLength: 1, maxLength: 8 });
  const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(runs, share, fc.integer({ min: 0, max: 1e9 }), (took, share, spentMs) => {
      const steps = [
        aStep("a", { state: "completed", activeMs: took[0]?.[0] ?? 0 }),
        aStep("b", { position: 1, state: "running", share }),
        aStep("c", { position: 2 }),
      ];
      const tell = () => timeLeft(steps, learn(past(...took)), new Map([["b", spentMs]]));
      const { run, steps: each } = tell();
      if (run === null) throw new Error("there is a past");
      for (const one of [run, ...each.values()]) {
        expect(one.p10Ms).toBeGreaterThanOrEqual(0);
        expect(one.p50Ms).toBeGreaterThanOrEqual(one.p10Ms);
        expect(one.p90Ms).toBeGreaterThanOrEqual(one.p50Ms);
        expect(Number.isFinite(one.p90Ms)).toBe(true);
      }
      expect(tell()).toMatchObject({ run, steps: each });
    }),
    { numRuns: 60 },
  );
});

const twoSteps = learn(past(...repeat(10, (i) => [minute + 500 * i, 2 * minute - 500 * i])));
const at = (spentMs: number, share: number | null = null) =>
  timeLeft(
    [aStep("a", { state: "running", share }), aStep("b", { position: 1 })],
    twoSteps,
    new Map([["a", spentMs]]),
  );

test("less is left the longer a step works, until it has outlasted its past: then its own rest grows", () => {
  const rest = (spentMs: number) => at(spentMs).steps.get("a")?.p50Ms ?? 0;
  expect(rest(30_000)).toBeLessThan(rest(5_000));
  expect(rest(50_000)).toBeLessThan(rest(30_000));
  // It is known to exceed 75 s, so something is left though it usually took 62.
  expect(rest(75_000)).toBeGreaterThan(1_000);
  expect(rest(10 * minute)).toBeGreaterThan(rest(50_000));
  expect(at(10 * minute).run?.p50Ms).toBeGreaterThan(minute);
});

test("a step's own counter outweighs its past the more, the further it is", () => {
  const rest = (share: number | null) => at(minute, share).steps.get("a")?.p50Ms ?? 0;
  expect(rest(0.95)).toBeLessThan(0.1 * minute);
  expect(rest(0.2)).toBeGreaterThan(rest(null));
});

test("questions, finished and skipped steps take no more time", () => {
  const steps = [
    aStep("a", { state: "completed", activeMs: minute }),
    aStep("b", { position: 1, state: "skipped" }),
    aStep("q", { position: 2, kind: "ask" }),
  ];
  expect(timeLeft(steps, twoSteps, none).run).toMatchObject({ p10Ms: 0, p50Ms: 0, p90Ms: 0 });
});

test("a step that had nothing to do in most runs counts little in the middle, but is in the upper end", () => {
  const model = learn(past(...repeat(20, (i) => [1_000, i % 4 === 0 ? 10 * minute : null])));
  const { steps } = timeLeft([aStep("a"), aStep("b", { position: 1 })], model, none);
  expect(steps.get("b")?.p50Ms).toBeLessThan(1_000);
  expect(steps.get("b")?.p90Ms).toBeGreaterThan(5 * minute);
});

test("new runs count more than old ones, so that a change is learned within a few", () => {
  const model = learn(past(...repeat(5, () => [4 * minute]), ...repeat(20, () => [minute])));
  expect(timeLeft([aStep("a")], model, none).run?.p50Ms).toBeGreaterThan(2 * minute);
});

test("when the first steps of a run are slow as in slow runs before, more is told of the others", () => {
  const speeds = [1, 1.8, 0.6, 1.2, 0.7, 1.6, 0.8, 1.5, 0.6, 1.1, 1.7, 0.7];
  const model = learn(past(...speeds.map((speed) => repeat(4, () => speed * minute))));
  const told = (firstMs: number) =>
    timeLeft(
      ["a", "b", "c", "d"].map((id, position) =>
        aStep(id, {
          position,
          title: id,
          ...(position < 3 ? { state: "completed", activeMs: firstMs } : {}),
        }),
      ),
      model,
      none,
    ).run;
  expect(told(1.7 * minute)?.p50Ms).toBeGreaterThan(1.5 * (told(0.7 * minute)?.p50Ms ?? 0));
});

test("steps that make up for each other leave the whole as sure as past runs were", () => {
  const model = learn(past(...repeat(12, (i) => (i % 2 === 0 ? [30_000, 90_000] : [90_000, 30_000]))));
  const steps = [aStep("a"), aStep("b", { position: 1 })];
  const { run, steps: each } = timeLeft(steps, model, none);
  // Each by itself would leave the sum as wide as 59 s to 234 s.
  expect(run?.p10Ms).toBeGreaterThan(65_000);
  expect(run?.p90Ms).toBeLessThan(215_000);
  expect((each.get("a")?.p90Ms ?? 0) / (each.get("a")?.p10Ms ?? 1)).toBeGreaterThan(4);
});

test("the step that made the estimate change is named", () => {
  const told = (activeMs: number) =>
    timeLeft(
      [aStep("a", { title: "Save the file", state: "completed", activeMs }), aStep("b", { position: 1 })],
      twoSteps,
      none,
    ).run?.because;
  expect(told(minute)).toBeNull();
  expect(told(2.05 * minute)).toBe("“Save the file” took twice the usual time.");
  expect(told(5.2 * minute)).toMatch(/^“Save the file” took 5(\.\d)? times the usual time\.$/);
  expect(told(0.25 * minute)).toMatch(/^“Save the file” took 2\d % of the usual time\.$/);
  expect(at(5 * minute).run?.because).toBe("“a” takes longer than usual.");
  expect(at(1_000).run?.because).toBeNull();
});

test("that all steps took about as much longer is told of their machine, and that only some did is not", () => {
  const names = ["a", "b", "c", "d", "e"];
  const model = learn(past(...repeat(12, () => names.map((_, at) => (at + 1) * minute))));
  const told = (...times: number[]) => {
    const steps = names.map((id, at) => {
      const took = times[at];
      const done = {
        state: "completed",
        activeMs: (took ?? 0) * (at + 1) * minute,
        endedAt: at + 1,
      } as const;
      return aStep(id, { title: id.toUpperCase(), position: at, ...(took === undefined ? {} : done) });
    });
    return timeLeft(steps, model, none);
  };
  expect(told(1.5, 1.6, 1.4).run?.because).toBe(
    "The machine may be slower today: all 3 steps that are done took about 1.5 times the usual time.",
  );
  expect(told(0.5, 0.55, 0.45, 1).run?.because).toBe(
    "The machine may be faster today: 3 of the 4 steps that are done took about 53 % of the usual time.",
  );
  expect(told(1.5, 1.6).run?.because ?? "").not.toContain("machine");
  for (const some of [
    [1, 1, 5],
    [1.5, 3, 6],
    [1, 1, 1, 1],
    [5, 5, 1, 1],
  ])
    expect(told(...some).run?.because ?? "").not.toContain("machine");
  const { why } = told(1.5, 1.6, 1.4);
  expect(why({ since: 3, longer: true })).toContain("The machine may be slower today");
  for (const turned of [
    { since: 4, longer: true },
    { since: 0, longer: false },
  ])
    expect(why(turned) ?? "").not.toContain("machine");
});

test("what turned the time is what happened since it was told otherwise, and in that direction", () => {
  const model = learn(past(...repeat(12, () => [minute, minute, minute])));
  const steps = [
    aStep("a", { title: "A", state: "completed", activeMs: 3 * minute, endedAt: 3 * minute }),
    aStep("b", { title: "B", position: 1, state: "completed", activeMs: 2 * minute, endedAt: 5 * minute }),
    aStep("c", { title: "C", position: 2, state: "running" }),
  ];
  const { why, run } = timeLeft(steps, model, new Map([["c", 1_000]]));
  expect(run?.because).toBe("“A” took 3 times the usual time.");
  expect(why({ since: 0, longer: true })).toBe("“A” took 3 times the usual time.");
  expect(why({ since: 4 * minute, longer: true })).toBe("“B” took twice the usual time.");
  expect(why({ since: 6 * minute, longer: true })).toBeNull();
  expect(why({ since: 0, longer: false })).toBeNull();
});

test("an outlier hardly widens what the runs after it are told at their start", () => {
  const usual = [0.9, 1.1, 1, 0.95, 1.05, 1, 1.1, 0.9, 1.02, 0.98, 1.07, 0.93].map((one) => [one * minute]);
  const widthAfter = (...newest: number[][]) => {
    const { p10Ms = 0, p90Ms = 0 } = timeLeft([aStep("a")], learn(past(...newest, ...usual)), none).run ?? {};
    return p90Ms - p10Ms;
  };
  for (let after = 0; after < 5; after++) {
    const since = usual.slice(0, after);
    const ratio = widthAfter(...since, [10 * minute]) / widthAfter(...since, [minute]);
    expect(ratio).toBeLessThanOrEqual(1.3);
  }
});

test("nothing that is told doubles within a second in which nothing happens", () => {
  const model = learn(past(...repeat(12, (i) => [minute + 900 * i, 2_000 + 50 * i])));
  const steps = [aStep("a", { state: "running" }), aStep("b", { position: 1 })];
  const at = (spentMs: number) => timeLeft(steps, model, new Map([["a", spentMs]])).run?.p90Ms ?? 0;
  for (let spentMs = 1_000; spentMs < 10 * minute; spentMs += 1_000)
    expect(at(spentMs + 1_000)).toBeLessThan(2 * at(spentMs));
});

test("what was learned by looking back is the same whether or not the model before is at hand", () => {
  const runs = past(...repeat(70, (i) => [minute + 700 * ((i * 7) % 11), (i % 3) * 10_000]));
  const older = learn(runs.filter((one) => one.runId !== "r0"));
  expect(learn(runs, older)).toEqual(learn(runs));
});

test("a crawl that is larger than all before is told within a tenth of the truth from a fifth on", () => {
  // Thirteen small crawls at about 70 ms a page, then one of 577 pages of at most 600 at an even pace.
  const pages = [46, 44, 60, 38, 46, 52, 41, 46, 46, 58, 33, 46, 49];
  const small: PastStep[] = pages.map((units, i) => ({
    runId: `r${i}`,
    stepId: "crawl",
    activeMs: units * (66 + (i % 5) * 2),
    quietMs: 0,
    skipped: false,
    units,
    foreknown: false,
    size: 0,
  }));
  const model = learn(small);
  const total = 577 * 71;
  for (const share of [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
    const done = Math.round(577 * share);
    const progress = { done, total: 600, what: "pages read", unit: "items", perSecond: 14 } as const;
    const step = aStep("crawl", {
      title: "Crawl",
      kind: "wait",
      state: "waiting",
      progress,
      share: done / 600,
    });
    const spentMs = share * total;
    const { run } = timeLeft([step], model, new Map([["crawl", spentMs]]));
    if (run === null) throw new Error("there is a past");
    expect(Math.abs(run.p50Ms - (total - spentMs)) / total).toBeLessThan(0.1);
    expect(Math.abs(percentDone(spentMs, run) - 100 * share)).toBeLessThan(10);
    if (share === 0.2) expect(run.because).toBe("“Crawl” has more to do than usual: 600, usually about 46.");
  }
});

test("a step that has about as much to do as ever is not said to have more or less, however fast it is", () => {
  const model = learn(
    past(...repeat(12, (i) => [3_000 + 50 * i])).map((one, i) => ({ ...one, units: 30 + (i % 5) })),
  );
  const told = (total: number, perSecond: number) => {
    const progress = { done: 15, total, what: "pages read", unit: "items", perSecond } as const;
    const step = aStep("a", { title: "Crawl", kind: "wait", state: "waiting", progress, share: 15 / total });
    return timeLeft([step], model, new Map([["a", (15 / perSecond) * 1_000]])).run?.because ?? "";
  };
  for (const perSecond of [3, 10, 60]) expect(told(30, perSecond)).not.toContain("to do than usual");
  expect(told(90, 10)).toContain("“Crawl” has more to do than usual: 90");
});

/** Runs that wait 3 ms for each row and save it in 1, more or less, after a step that knows nothing of rows. */
const byRows = (rows: readonly number[], told = true): PastStep[] =>
  rows.flatMap((size, i) =>
    [2_000 + 100 * (i % 4), size * (3 + 0.1 * (i % 3)), size * (1 + 0.03 * (i % 5))].map(
      (activeMs, step) => ({
        runId: `r${i}`,
        stepId: "abc"[step] ?? "",
        activeMs,
        quietMs: 0,
        skipped: false,
        units: 0,
        foreknown: false,
        size: told ? size : 0,
      }),
    ),
  );
const manyRows = [9, 40, 22, 60, 12, 35, 18, 50, 27, 14, 44, 31].map((one) => 1_000 * one);

test("a run whose size is known from its start on is told by that, within a tenth, however large", () => {
  const steps = ["a", "b", "c"].map((id, position) => aStep(id, { position }));
  const whole = 2_150 + 1_200_000 * 4.16;
  const size = { count: 1_200_000, what: "rows" };
  const told = timeLeft(steps, learn(byRows(manyRows)), none, size);
  expect(Math.abs((told.run?.p50Ms ?? 0) / whole - 1)).toBeLessThan(0.1);
  expect(told.run?.p10Ms).toBeLessThan(whole);
  expect(told.run?.p90Ms).toBeGreaterThan(whole);
  // Its past held runs of many sizes against each other, each foretold by its own: the interval is no wider for that.
  expect((told.run?.p90Ms ?? 0) / (told.run?.p10Ms ?? 1)).toBeLessThan(1.6);
  expect(told.run?.because).toBe("There is more to do than usual: 1,200,000 rows, usually about 29,000.");
  const asUsual = timeLeft(steps, learn(byRows(manyRows)), none).run;
  expect(asUsual?.p50Ms).toBeLessThan(whole / 10);
});

test("what has nothing to do with a run's size is not told by it", () => {
  const past = byRows(manyRows).map((one) =>
    one.stepId === "a" ? one : { ...one, activeMs: 60_000 + one.size / 100 },
  );
  const { run } = timeLeft(
    ["a", "b", "c"].map((id, position) => aStep(id, { position })),
    learn(past),
    none,
    { count: 1_200_000, what: "rows" },
  );
  expect(run?.p50Ms).toBeLessThan(140_000);
});

test("a step that names its parts is told by how many there are", () => {
  const past: PastStep[] = manyRows.map((rows, i) => ({
    runId: `r${i}`,
    stepId: "a",
    activeMs: rows,
    quietMs: 0,
    skipped: false,
    units: rows / 1_000,
    foreknown: true,
    size: 0,
  }));
  const substeps = Array.from({ length: 300 }, (_, i) => ({ name: `table ${i}`, state: "pending" as const }));
  const at = timeLeft([aStep("a", { state: "running", substeps })], learn(past), new Map([["a", 60_000]]));
  expect(Math.abs((at.run?.p50Ms ?? 0) / 240_000 - 1)).toBeLessThan(0.1);
});

test("a counter that knows of much more is believed before a past that only knows small ones", () => {
  // They all ended within one look, so their pages told nothing of their time.
  const model = learn(
    [46, 40, 60, 33, 52].map((units, i) => ({
      runId: `r${i}`,
      stepId: "crawl",
      activeMs: 2_000 + 10 * i,
      quietMs: 0,
      skipped: false,
      units,
      foreknown: false,
      size: 0,
    })),
  );
  const at = (done: number, known: number, spentMs: number) => {
    const progress = { done, known, total: null, what: "pages", unit: "items", perSecond: null } as const;
    const step = aStep("crawl", { kind: "wait", state: "waiting", progress });
    return timeLeft([step], model, new Map([["crawl", spentMs]])).run?.p50Ms ?? 0;
  };
  for (const done of [200, 300, 400, 500])
    expect(Math.abs(at(done, 600, 100 * done) - 100 * (600 - done)) / 60_000).toBeLessThan(0.1);
  // Few known so far say nothing: more may come.
  expect(at(10, 11, 1_000)).toBeGreaterThan(500);
});

test("what is under way is never told to take longer than the run, and the last step takes as long as it", () => {
  const ms = fc.integer({ min: 0, max: 1e7 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(ms, ms), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 1e7 }),
      fc.boolean(),
      (took, spentMs, isLast) => {
        const steps = isLast
          ? [
              aStep("a", { state: "completed", activeMs: took[0]?.[0] ?? 0 }),
              aStep("b", { position: 1, state: "running" }),
            ]
          : [aStep("a", { state: "running" }), aStep("b", { position: 1 })];
        const at = isLast ? "b" : "a";
        const { run, steps: each } = timeLeft(steps, learn(past(...took)), new Map([[at, spentMs]]));
        const own = each.get(at);
        for (const which of ["p10Ms", "p50Ms", "p90Ms"] as const)
          if (isLast) expect(own?.[which]).toBe(run?.[which]);
          else expect(own?.[which]).toBeLessThanOrEqual(run?.[which] ?? -1);
      },
    ),
  );
});
