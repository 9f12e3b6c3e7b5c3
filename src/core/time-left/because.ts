import type { Step } from "#core/step.ts";
import { fromLog, toLog } from "./log-duration.ts";
import type { Laws, StepModel } from "./model.ts";
import { quantile } from "./quantile.ts";
import type { RunEffect } from "./run-effect.ts";
import type { Rest, Standing } from "./standing.ts";
import { byCounter, sizedLaw, tellsItself } from "./step-law.ts";

/** A step that differs by less than this share of a whole run does not change the estimate. */
const worthTelling = 0.1;
/** The upper and lower tenth of a normal begin this many deviations off. */
const tenth = 1.28;

/** Since when something is other than it was told, and which way. */
export interface Turned {
  since: number;
  longer: boolean;
}

/**
 * Why the rest is other than usual, a sentence; null when nothing stands out. The step that differs by most time is named; with `turned`
 * only what happened since then and made it so.
 */
export const because = (
  steps: readonly Step[],
  { rest }: Standing,
  laws: Laws,
  effect: RunEffect,
  turned: Turned | null = null,
): string | null => {
  const fits = (times: number) => turned === null || times > 1 === turned.longer;
  const large = rest.map((step) => sizeText(step, laws, fits)).find((text) => text !== null);
  if (large !== undefined) return large;
  const machine = allAlike(steps, laws, turned);
  if (machine !== null && fits(machine.times)) return machineText(machine);
  const spent = new Map(rest.filter((step) => step.spentMs > 0).map((step) => [step.id, step.spentMs]));
  const usual = [...laws.steps.values()].reduce((sum, one) => sum + fromLog(one.location), 0);
  const odd = steps
    .map((step) => ({ step, ...differenceOf(step, laws, spent) }))
    .filter(({ ms, deviations }) => Math.abs(ms) >= worthTelling * usual && Math.abs(deviations) > tenth)
    .filter(
      ({ step, ratio }) =>
        fits(ratio) && (turned === null || step.endedAt === null || step.endedAt >= turned.since),
    )
    .sort((a, b) => Math.abs(b.ms) - Math.abs(a.ms))[0];
  if (odd !== undefined) {
    const { step, ratio } = odd;
    return step.state === "completed"
      ? `“${step.title}” took ${timesText(ratio)}.`
      : `“${step.title}” takes longer than usual.`;
  }
  const times = Math.exp(effect.shift);
  if (!fits(times)) return null;
  if (times >= 1.25) return `In this run the steps take ${timesText(times)}.`;
  return times <= 0.8 ? `In this run the steps take only ${timesText(times)}.` : null;
};

/** So many steps of a run have to say the same before it is their machine's doing, and so large a part of those that are done. */
const fewestAlike = 3;
const mostlyAlike = 0.75;
/** Steps are alike that differ from the middle one by less than this factor. */
const alikeWithin = 1.4;
/** Of shorter steps the clock itself makes up too much. Milliseconds. */
const shortestToTell = 500;

interface Alike {
  /** The finished steps that took about as much longer, or shorter, as each other; all that are done; and by how much. */
  alike: number;
  done: number;
  times: number;
}

/** That steps which have nothing else in common all took about as much longer, or shorter; null where they did not. */
const allAlike = (steps: readonly Step[], laws: Laws, turned: Turned | null): Alike | null => {
  const done = steps.flatMap((step) => {
    const past = laws.steps.get(step.id);
    if (step.state !== "completed" || step.kind === "ask" || past === undefined) return [];
    const usualMs = fromLog(past.location);
    return Math.max(usualMs, step.activeMs) < shortestToTell
      ? []
      : [{ step, ratio: step.activeMs / usualMs }];
  });
  if (done.length < fewestAlike) return null;
  const times = quantile(
    done.map(({ ratio }) => ratio).sort((a, b) => a - b),
    0.5,
  );
  const alike = done.filter(({ ratio }) => Math.abs(Math.log(ratio / times)) < Math.log(alikeWithin));
  const isNew = turned === null || alike.some(({ step: { endedAt } }) => (endedAt ?? 0) >= turned.since);
  if (!isNew || alike.length < Math.max(fewestAlike, mostlyAlike * done.length)) return null;
  if (isUsual(times)) return null;
  return { alike: alike.length, done: done.length, times };
};

const machineText = ({ alike, done, times }: Alike): string =>
  `The machine may be ${times > 1 ? "slower" : "faster"} today: ${alike === done ? `all ${done}` : `${alike} of the ${done}`} steps that are done took about ${timesText(times)}.`;

/** "There is more to do than usual: 1,200,000 rows, usually about 50,000." Where a step's size is known and makes it a quarter longer or shorter. */
const sizeText = (step: Rest, laws: Laws, fits: (times: number) => boolean): string | null => {
  const past = laws.steps.get(step.id);
  if (past === undefined) return null;
  const { count, usual, ofRun, location } = sizedLaw(step, past) ?? byOwnCounter(step, past, laws);
  const times = Math.exp(location - past.location);
  if (count === 0 || usual === 0 || isUsual(count / usual) || isUsual(times) || !fits(times)) return null;
  // Where one takes no less for being one of few, that there are more is not what makes it longer.
  if (count > usual !== times > 1) return null;
  const what = ofRun ? ` ${step.size?.what ?? ""}` : "";
  const [many, usually] = [count, usual].map((one) => countText(one, step, ofRun));
  const where = ofRun ? "There is" : `“${step.title}” has`;
  const likely = ofRun || step.unsure === 0 ? "" : "probably about ";
  return `${where} ${times > 1 ? "more" : "less"} to do than usual: ${likely}${many}${what}, usually about ${usually}.`;
};

const isUsual = (times: number): boolean => times > 0.8 && times < 1.25;

/** A step may tell by its counter what its past did not teach. */
const byOwnCounter = (step: Rest, { usualUnits, location }: StepModel, laws: Laws) => ({
  count: tellsItself(step) ? (step.totalUnits ?? 0) : 0,
  usual: usualUnits,
  ofRun: false,
  location: location + Math.log(byCounter(step, laws)),
});

const countText = (count: number, { unit }: Rest, ofRun: boolean): string =>
  unit === "bytes" && !ofRun
    ? `${(count / 1e6).toLocaleString("en", { maximumSignificantDigits: 3 })} MB`
    : Math.round(count).toLocaleString("en");

const differenceOf = (step: Step, laws: Laws, spent: ReadonlyMap<string, number>) => {
  const past = laws.steps.get(step.id);
  const running = spent.get(step.id);
  const done = step.state === "completed";
  if (past === undefined || step.kind === "ask" || (!done && running === undefined))
    return { ms: 0, deviations: 0, ratio: 1 };
  const tookMs = done ? step.activeMs : (running ?? 0);
  const deviations = (toLog(tookMs) - past.location) / Math.sqrt(past.scale2);
  const usualMs = fromLog(past.location);
  // A step under way is not short of its usual time, it is only not done.
  if (!done && deviations < 0) return { ms: 0, deviations: 0, ratio: 1 };
  return { ms: tookMs - usualMs, deviations, ratio: tookMs / Math.max(1, usualMs) };
};

/** "twice its usual time", "1.4 times its usual time", "40 % of its usual time". */
const timesText = (ratio: number): string => {
  if (ratio < 0.95) return `${Math.max(1, Math.round(100 * ratio))} % of the usual time`;
  const rounded = ratio < 10 ? Math.round(10 * ratio) / 10 : Math.round(ratio);
  return rounded === 2 ? "twice the usual time" : `${rounded} times the usual time`;
};
