import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { isUnreached, pausedMs } from "#core/step.ts";
import type { Estimate, PastEstimate } from "#core/time-left/estimate.ts";
import type { Model } from "#core/time-left/learn.ts";
import type { Spent } from "#core/time-left/standing.ts";
import { type RunLeft, timeLeft } from "#core/time-left/time-left.ts";

/** How long the step under way took so far in this try; a wait's earlier looks count too, pauses and gaps do not. */
export const spentOf = (steps: readonly Step[], now: number): Spent =>
  new Map(
    steps.flatMap((step) => {
      const ms = spentMs(step, now);
      return ms === null ? [] : [[step.id, ms]];
    }),
  );

const spentMs = (step: Step, now: number): number | null => {
  if (step.state === "running") return Math.max(0, now - (step.attemptAt ?? step.startedAt ?? now));
  if (step.state !== "waiting" || step.waiting === null) return null;
  if (step.waiting.for !== "look") return step.waiting.for === "retry" ? 0 : null;
  return step.activeMs + (isUnreached(step.waiting) ? 0 : pausedMs(step.waiting, now));
};

/** What has been told of a run's rest since its last change. */
export interface Owed {
  /** At the tenths of the time told at its start that have gone by: to be held against what comes. */
  estimates: readonly Estimate[];
  /** How far it was shown to be; null where nothing is known of that. */
  percent: number | null;
  /** When the rest was reckoned for this; null: it was not. */
  reckonedAt: number | null;
}

/**
 * What is told of the runs under way. Between two changes of a run nothing but the time moves, so what its pages said at any moment can
 * be worked out at the next change: nobody need have looked, and no transaction waits for it.
 */
export interface Told {
  /** Whether anything of the run is remembered; else `recall` it from what the store kept of it. */
  knows(runId: string): boolean;
  recall(runId: string, kept: readonly PastEstimate[]): void;
  owed(runId: string, model: Model | null, now: number): Owed;
  /** A page shows this percent: no other shows less until the run changes, also when the rest grows meanwhile. */
  shown(runId: string, percent: number, now: number): number;
  /** Pages show these percents from these moments on unless the run changes. */
  willShow(runId: string, later: readonly { at: number; percent: number }[]): void;
  /** The run has changed, and what was owed is kept: what is told from now on is told of this. */
  keep(recorded: RunWithSteps, owed: Owed): void;
}

/** Reckoning the rest costs more than a commit, and nobody looks so often that it would show. */
const reckonEveryMs = 250;

/** Nobody waits for the tenths of less than this. */
const shortestMs = 1_000;

interface Memory {
  at: RunWithSteps | null;
  /** What was told at the start; null before that. */
  startMs: number | null;
  /** The next tenth to be told. */
  next: number;
  percent: number;
  reckonedAt: number | null;
  later: readonly { at: number; percent: number }[];
}

const fresh = { at: null, startMs: null, next: 0, percent: 0, reckonedAt: null, later: [] } as const;

const shownBy = ({ percent, later }: Memory, now: number): number =>
  Math.max(percent, later.findLast(({ at }) => at <= now)?.percent ?? 0);

export const createTold = (): Told => {
  const memories = new Map<string, Memory>();
  return {
    knows: (runId) => memories.has(runId),
    recall: (runId, kept) => {
      const [first, last] = [kept[0], kept.at(-1)];
      const startMs = first?.tenth === 0 ? first.p50Ms : null;
      memories.set(runId, { ...fresh, startMs, next: last === undefined ? 0 : last.tenth + 1 });
    },
    owed: (runId, model, now) => {
      const memory = memories.get(runId);
      if (memory === undefined || memory.at === null || model === null)
        return { estimates: [], percent: null, reckonedAt: null };
      const { reckonedAt } = memory;
      const isSoon = reckonedAt !== null && now >= reckonedAt && now < reckonedAt + reckonEveryMs;
      if (isSoon || memory.at.run.startedAt === null)
        return { estimates: [], percent: shownBy(memory, now), reckonedAt: null };
      const left = timeLeft(memory.at.steps, model, spentOf(memory.at.steps, now), memory.at.run.size);
      const estimates = [...passed({ ...memory, at: memory.at }, model, left, now)];
      const percent = Math.max(shownBy(memory, now), left.percent ?? 0);
      return { estimates, percent, reckonedAt: now };
    },
    shown: (runId, percent, now) => {
      const memory = memories.get(runId);
      if (memory === undefined) return percent;
      memory.percent = Math.max(shownBy(memory, now), percent);
      return memory.percent;
    },
    willShow: (runId, later) => {
      const memory = memories.get(runId);
      if (memory !== undefined) memory.later = later;
    },
    keep: ({ run, steps }, { estimates, reckonedAt }) => {
      if (isOver(run.state) || run.state === "undoing") return void memories.delete(run.id);
      const { at, startMs, next, reckonedAt: before } = memories.get(run.id) ?? fresh;
      // Who went back begins anew, and is told anew.
      if (run.percentFloor < (at?.run.percentFloor ?? 0))
        return void memories.set(run.id, { ...fresh, at: { run, steps } });
      const first = estimates[0]?.tenth === 0 ? estimates[0].p50Ms : startMs;
      memories.set(run.id, {
        at: { run, steps },
        startMs: first,
        next: next + estimates.length,
        percent: run.percentFloor,
        reckonedAt: reckonedAt ?? before,
        later: [],
      });
    },
  };
};

/** What was told at each tenth that has gone by since the run last changed. */
function* passed(
  { at, startMs, next }: Memory & { at: RunWithSteps },
  model: Model,
  { spentMs: nowSpentMs }: RunLeft,
  now: number,
): Generator<Estimate> {
  if (at.run.startedAt === null) return;
  let middleMs = startMs;
  let told: { at: number; left: RunLeft } | undefined;
  for (let tenth = next; tenth < 10; tenth++) {
    if (tenth > 0 && (middleMs === null || middleMs < shortestMs)) return;
    const wantedMs = tenth === 0 ? 0 : ((middleMs ?? 0) * tenth) / 10;
    if (wantedMs > nowSpentMs) return;
    const then = Math.round(Math.max(at.run.changedAt, Math.min(now, now - (nowSpentMs - wantedMs))));
    if (told?.at !== then)
      told = { at: then, left: timeLeft(at.steps, model, spentOf(at.steps, then), at.run.size) };
    const { run, spentMs } = told.left;
    if (run === null) return;
    const { p10Ms, p50Ms, p90Ms, runs } = run;
    middleMs ??= p50Ms;
    yield { tenth, at: then, spentMs, p10Ms, p50Ms, p90Ms, runs };
  }
}
