import type { Later } from "#core/picture.ts";
import type { RunWithSteps } from "#core/run.ts";
import { toldBefore } from "#core/time-left/changed.ts";
import { type Estimate, type Interval, wholeTold } from "#core/time-left/estimate.ts";
import type { Model } from "#core/time-left/learn.ts";
import { type Sign, signsOf } from "#core/time-left/signs.ts";
import { type RunLeft, timeLeft } from "#core/time-left/time-left.ts";
import { spentOf } from "#engine/commit/told.ts";

/** What a run under way looks like as far as only time changes it. */
export interface Standing {
  left: RunLeft;
  signs: readonly Sign[];
  told: ReturnType<typeof toldBefore>;
}

/** What that is judged by. */
export interface Known {
  model: Model | null;
  /** What was told of the run before. */
  promises: readonly Estimate[];
}

export const standingAt = (
  { run, steps }: RunWithSteps,
  { model, promises }: Known,
  now: number,
): Standing => {
  const spent = spentOf(steps, now);
  const left = timeLeft(steps, model, spent, run.size);
  const first = promises.find((one) => one.tenth === 0);
  const promised = first === undefined ? null : wholeTold(first);
  return {
    left,
    signs: signsOf({ steps, spent, spentMs: left.spentMs, now, size: run.size, promised }, model),
    told: toldBefore(promises, left, left.why),
  };
};

/** A run that was silent for less than this will tell something soon, and nobody looks further ahead. */
const quietMs = 4_000;
const mostMoments = 21;

export interface Outlook {
  later: readonly Later[];
  /** When more than figures will have changed, or when it is too long to look ahead. */
  freshUntil: number;
}

/** What will be told at moments to come if nothing happens, so that pages tell it without asking. */
export const outlook = (
  at: RunWithSteps,
  known: Known,
  { now, standing, percent }: { now: number; standing: Standing; percent: number },
): Outlook => {
  let freshUntil = now + freshMs(standing.left.run);
  if (now - at.run.changedAt < quietMs) return { later: [], freshUntil };
  const shape = shapeOf(standing);
  const later: Later[] = [];
  let shown = percent;
  while (later.length < mostMoments) {
    const then = standingAt(at, known, freshUntil);
    if (shapeOf(then) !== shape) break;
    const { run, steps, percent: farther } = then.left;
    shown = Math.min(99, Math.max(shown, farther ?? 0));
    later.push({
      at: freshUntil,
      percent: shown,
      timeLeft: run,
      toldNowMs: then.told?.nowMs ?? null,
      steps: Object.fromEntries(steps),
    });
    freshUntil += Math.max(freshMs(run), (freshUntil - now) / 4);
  }
  return { later, freshUntil: Math.round(freshUntil) };
};

/** How long an estimate may be shown while nothing happens: a tenth of what it says, between a second and a minute. */
const freshMs = (left: Interval | null): number =>
  Math.round(Math.min(60_000, Math.max(1_000, (left?.p50Ms ?? 600_000) / 10)));

/** What is more than a figure: when it changes, the page is drawn anew. */
const shapeOf = ({ left, signs, told }: Standing): string =>
  JSON.stringify([
    left.run === null ? null : [left.run.because, left.run.runs],
    told === null ? null : [told.at, told.wholeMs, told.because],
    signs.map(({ kind, stepId, sentence }) => [kind, stepId, sentence]),
    [...left.steps.keys()],
  ]);
