import type { Size } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { Interval } from "./estimate.ts";
import type { Laws } from "./model.ts";
import { quantile } from "./quantile.ts";
import { type Spent, standingOf } from "./standing.ts";
import { isSized } from "./step-law.ts";

/**
 * `slow`: longer than nine of ten past runs. `silent`: no sign of life for longer than usual. `stuck`: both, and silent for longer than
 * ever before.
 */
export interface Sign {
  kind: "slow" | "silent" | "stuck";
  /** The step that it is about; null: the run. */
  stepId: string | null;
  sentence: string;
  /** The last sign of life; null where it is not about that. */
  since: number | null;
  /** When we look next; null when nothing is looked at. */
  nextLookAt: number | null;
}

/** With fewer past runs than this there is no telling what is slow. */
const enoughRuns = 3;
const slowShare = 0.9;
/** Nobody needs to hear of less than this beyond what is usual. */
const leastLateMs = 5_000;
const leastQuietMs = 10_000;
/** Before there is a past, silence is worth telling from here on. */
const longQuietMs = 60_000;

export interface Now {
  steps: readonly Step[];
  spent: Spent;
  /** Active time of the run so far. */
  spentMs: number;
  now: number;
  /** How much the run has to do, where that is known. */
  size: Size | null;
  /** What was told of the whole run at its start, where that was. */
  promised: Interval | null;
}

/** What is to be worried about in a run under way, the run first; a step is only named slow on its own when the run is not. */
export const signsOf = (at: Now, model: Laws | null): Sign[] => {
  const step = at.steps.find((one) => one.kind !== "ask" && !isStepDone(one.state) && at.spent.has(one.id));
  if (step === undefined) return [];
  const past = model?.steps.get(step.id);
  const nextLookAt = step.waiting?.nextAt ?? null;
  // Of one that has another size it says nothing that others were shorter.
  const isLike = model !== null && !isSized(standingOf(at.steps, at.spent, at.size).rest, model);
  const slowRun = isLike ? slower(at.spentMs, model.pastTotalMs) : null;
  const slowStep = isLike ? slower(at.spent.get(step.id) ?? 0, past?.pastMs ?? []) : null;
  const quiet = isAtWork(step) ? quietOf(step, at.now, past?.quietMs ?? null) : null;
  const slow: Sign[] = [];
  const about = { kind: "slow", since: null, nextLookAt } as const;
  const broken = at.promised !== null && at.spentMs - at.promised.p90Ms >= leastLateMs;
  if (broken || slowRun !== null)
    slow.push({ ...about, stepId: null, sentence: slowSentence(broken, slowRun) });
  else if (slowStep !== null)
    slow.push({
      ...about,
      stepId: step.id,
      sentence: `“${step.title}” already takes longer than in ${slowStep} past runs.`,
    });
  if (quiet === null) return slow;
  const stuck = quiet.longest && slow.length > 0;
  const silence = `“${step.title}” has given no sign of life for ${quiet.longest ? "longer than ever before" : "a while"}.`;
  return [
    ...slow,
    {
      kind: stuck ? "stuck" : "silent",
      stepId: step.id,
      sentence: stuck ? `It may be stuck: ${silence}` : silence,
      since: quiet.since,
      nextLookAt,
    },
  ];
};

const slowSentence = (broken: boolean, slowRun: string | null): string => {
  if (!broken) return `Slower than ${slowRun} past runs.`;
  return slowRun === null
    ? "This run takes longer than was told at its start."
    : `This run takes longer than was told at its start, and longer than ${slowRun} past runs.`;
};

/** "19 of 20", "all 20"; null when it is not slow, or too little is known. */
const slower = (ms: number, past: readonly number[]): string | null => {
  if (past.length < enoughRuns || ms - quantile(past, 0.5) < leastLateMs) return null;
  const below = past.filter((one) => one < ms).length;
  if (below / past.length < slowShare) return null;
  return below === past.length ? `all ${past.length}` : `${below} of ${past.length}`;
};

/** Since when a step is silent, when that is worth telling. `longest`: for longer than ever before, as far as there is a past. */
const quietOf = (
  step: Step,
  now: number,
  longestMs: number | null,
): { since: number; longest: boolean } | null => {
  const since = Math.max(step.signAt ?? 0, step.attemptAt ?? 0);
  const worthMs = longestMs === null ? longQuietMs : Math.max(leastQuietMs, longestMs);
  return now - since <= worthMs ? null : { since, longest: longestMs !== null };
};

/** It works, or what it waits for does; a pause before another try is silent by itself. */
const isAtWork = ({ state, waiting }: Step): boolean =>
  state === "running" || (state === "waiting" && waiting?.for === "look");
