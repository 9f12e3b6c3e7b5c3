import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Fate,
  fateOf,
  type Keep,
  keepOf,
  keepSentence,
  keepsAll,
  type OverRun,
} from "#core/retention.ts";

const dayMs = 86_400_000;
const rule = fc.option(fc.integer({ min: 1, max: 60 }), { nil: null });
const keeps: fc.Arbitrary<Keep> = fc.record({ days: rule, runs: rule, logDays: rule, exports: fc.boolean() });
const ended = fc.integer({ min: 0, max: 100 * dayMs });
const runs: fc.Arbitrary<OverRun> = fc
  .record({
    seq: fc.integer({ min: 1, max: 100 }),
    endedAt: fc.option(ended, { nil: null }),
    changedAt: ended,
    finalizedAt: fc.option(ended, { nil: null, freq: 4 }),
    trim: fc.option(fc.record({ trimmedAt: ended, trimmedDays: rule }), { nil: null }),
  })
  .map(({ trim, ...run }) => ({
    id: String(run.seq),
    ...run,
    ...(trim ?? { trimmedAt: null, trimmedDays: null }),
  }));
const times = fc.record({
  now: fc.integer({ min: 0, max: 120 * dayMs }),
  oldest: fc.integer({ min: 0, max: 101 }),
});

const rank: Record<Fate, number> = { stays: 0, "loses its log": 1, goes: 2 };
/** No rule is wider than none. */
const wider = (one: number | null, more: number): number | null => (one === null ? null : one + more);

test("what is kept for ever stays, and a finalized run stays as it is whatever is said", () => {
  fc.assert(
    fc.property(runs, keeps, times, (run, keep, at) => {
      expect(fateOf(run, keepsAll, { ...at, oldest: 0 })).toBe("stays");
      expect(fateOf({ ...run, finalizedAt: 1 }, keep, at)).toBe("stays");
    }),
  );
});

test("time only ever takes more, a longer rule only ever less, and the newest of a count stay unless they are too old", () => {
  fc.assert(
    fc.property(runs, keeps, times, fc.nat(90), (run, keep, at, more) => {
      const fate = (k: Keep, now = at.now) => rank[fateOf(run, k, { ...at, now })];
      expect(fate(keep, at.now + more * dayMs)).toBeGreaterThanOrEqual(fate(keep));
      const { days, logDays } = keep;
      expect(fate({ ...keep, days: wider(days, more), logDays: wider(logDays, more) })).toBeLessThanOrEqual(
        fate(keep),
      );
      if (days === null && run.seq >= at.oldest) expect(fate(keep)).toBeLessThan(rank.goes);
    }),
  );
});

test("a run goes at the very moment at which it is so many days over, and not before", () => {
  const run = {
    id: "1",
    seq: 5,
    endedAt: dayMs,
    changedAt: 0,
    finalizedAt: null,
    trimmedAt: null,
    trimmedDays: null,
  };
  const after = (
    days: number,
    more = 0,
    keep: Keep = { ...keepsAll, days: 30, logDays: 7 },
    over: Partial<OverRun> = {},
  ) => fateOf({ ...run, ...over }, keep, { now: dayMs + days * dayMs + more, oldest: 0 });
  expect([after(7, -1), after(7), after(30, -1), after(30)]).toEqual([
    "stays",
    "loses its log",
    "loses its log",
    "goes",
  ]);
  const trimmed = { trimmedAt: 9 * dayMs, trimmedDays: 7 };
  expect(after(8, 0, undefined, trimmed)).toBe("stays");
  // Tried again since, it has told something again; cut off, it has lines left.
  expect(after(20, 0, undefined, { ...trimmed, endedAt: 10 * dayMs })).toBe("loses its log");
  expect(after(20, 0, undefined, { ...trimmed, trimmedDays: null })).toBe("loses its log");
  expect(fateOf(run, { ...keepsAll, runs: 2 }, { now: 0, oldest: 5 })).toBe("stays");
  expect(fateOf(run, { ...keepsAll, runs: 2 }, { now: 0, oldest: 6 })).toBe("goes");
});

test("a workflow without a word of its own is kept as all others, and the words for it say every part", () => {
  const own = { ...keepsAll, runs: 10 };
  const said = {
    hour: 3,
    usual: { days: 30, runs: null, logDays: 1, exports: true },
    workflows: { own },
    saidAt: 0,
  };
  expect([keepOf(said, "own"), keepOf(said, "other")]).toEqual([own, said.usual]);
  expect([keepsAll, said.usual, { ...own, logDays: 7 }].map(keepSentence)).toEqual([
    "for ever",
    "for 30 days, their logs for 1 day, and the files that they saved as long as they",
    "at most the newest 10 of a workflow, their logs for 7 days",
  ]);
});
