import { expect, test } from "vitest";
import { calibrated, inOrder } from "#core/time-left/calibration.ts";
import { toLog } from "#core/time-left/log-duration.ts";
import { furthestOff } from "#core/time-left/moments.ts";
import { normalQuantile, studentQuantile } from "#core/time-left/student.ts";

const minute = 60_000;
/** A guess of ten minutes, off by a fifth as a rule. */
const guess = { middle: toLog(10 * minute), spread: 0.2, share: 0.5, sized: false };
const told = (zs: readonly number[], share = 0.5) =>
  calibrated(guess, inOrder(zs.map((z, age) => ({ z, share, sized: false, age }))));
const count = 61;
/** As many past runs, none like those before and after it. */
const many = (of: (i: number) => number) => Array.from({ length: count }, (_, i) => of((i * 38) % count));
const normal = (i: number) => normalQuantile((i + 0.5) / count);
const width = ({ p10Ms, p90Ms }: { p10Ms: number; p90Ms: number }) => Math.log(p90Ms / p10Ms);
const usual = 2.563 * 0.2;

test("a guess that was right is told with its own spread, and without a past by the wider tails of a spread that is guessed", () => {
  const unsure = studentQuantile(0.9, 4) / normalQuantile(0.9);
  for (const [one, times] of [
    [told([]), unsure],
    [told(many(normal)), 1],
  ] as const) {
    expect(Math.abs(one.p50Ms / (10 * minute) - 1)).toBeLessThan(0.02);
    expect(Math.abs(width(one) / (times * usual) - 1)).toBeLessThan(0.2);
  }
});

test("what was told too narrow becomes wider, too wide narrower, too early later", () => {
  expect(width(told(many((i) => 3 * normal(i))))).toBeGreaterThan(2.4 * usual);
  expect(width(told(many((i) => normal(i) / 3)))).toBeLessThan(0.5 * usual);
  expect(told(many((i) => 1 + normal(i))).p50Ms).toBeGreaterThan(11.5 * minute);
});

test("a single past moment moves little", () => {
  expect(Math.abs(told([5]).p50Ms / (10 * minute) - 1)).toBeLessThan(0.1);
});

test("however often one looked back at a run, it counts as one", () => {
  const once = [-1, 0.5, 2, 0, 1].map((z, age) => ({ z, share: 0.5, sized: false, age }));
  const often = once.flatMap((one) => Array.from({ length: one.age === 2 ? 9 : 1 }, () => one));
  const [seldom, most] = [once, often].map((ones) => calibrated(guess, inOrder(ones)));
  for (const end of ["p10Ms", "p50Ms", "p90Ms"] as const)
    expect(Math.abs((most?.[end] ?? 0) / (seldom?.[end] ?? 1) - 1)).toBeLessThan(0.02);
});

test("a run that was off as far as can be is no law while there is no other such", () => {
  const z = (furthest: number) => [-1, 0.5, 0, 1, -0.5, furthest].map((one, age) => ({ one, age }));
  const seen = (...runs: { one: number; age: number }[]) =>
    calibrated(guess, inOrder(runs.map(({ one, age }) => ({ z: one, share: 0.5, sized: false, age }))));
  const usually = z(0).slice(0, 5);
  expect(seen(...z(furthestOff))).toEqual(seen(...usually));
  expect(width(seen(...z(furthestOff), { one: furthestOff, age: 6 }))).toBeGreaterThan(
    1.2 * width(seen(...usually)),
  );
});

test("moments at another share of a run do not count", () => {
  expect(
    told(
      many(() => 4),
      0,
    ).p50Ms,
  ).toBeLessThan(10.5 * minute);
});

test("a shift at the start is not believed while it may be chance", () => {
  const early = { ...guess, share: 0 };
  const repeated = [-1, 0, 1, 2, -0.5, 0.5, 1.5, 0];
  const shifted = (by: number) =>
    calibrated(
      early,
      inOrder(
        repeated.flatMap((z) => [z, z, z]).map((z, age) => ({ z: z + by, share: 0, sized: false, age })),
      ),
    ).p50Ms;
  expect(shifted(-0.5)).toBe(calibrated(early, inOrder([])).p50Ms);
  expect(shifted(8)).toBeGreaterThan(10.5 * minute);
});
