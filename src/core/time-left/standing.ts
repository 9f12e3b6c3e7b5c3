import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { toLog } from "./log-duration.ts";
import type { PastRun } from "./past-run.ts";

/** How long a step took so far in the try that is under way, by step id; nothing for steps that are not under way. Milliseconds. */
export type Spent = ReadonlyMap<string, number>;

/** Where a run stands, as far as its time is concerned; questions are left out. Milliseconds. */
export interface Standing {
  done: readonly Done[];
  rest: readonly Rest[];
  /** Active time of the run so far. */
  spentMs: number;
}

export interface Done {
  id: string;
  ms: number;
  log: number;
  skipped: boolean;
}

/** A step that is not done. */
export interface Rest {
  id: string;
  title: string;
  /** What it took so far in its try; 0 when it has not begun. */
  spentMs: number;
  /** Its author's guess. */
  weightMs: number;
  /** Its own share, 0..1; null when it cannot tell. */
  share: number | null;
  /** How many it has to count, where that is known. */
  totalUnits: number | null;
  /** The end is not known, only that it is not before `totalUnits`. */
  atLeast: boolean;
}

export const standingOf = (steps: readonly Step[], spent: Spent): Standing => {
  const working = steps.filter((step) => step.kind !== "ask");
  return {
    done: working
      .filter((step) => isStepDone(step.state))
      .map(({ id, activeMs, state }) => ({
        id,
        ms: activeMs,
        log: toLog(activeMs),
        skipped: state === "skipped",
      })),
    rest: working
      .filter((step) => !isStepDone(step.state))
      .map((step) => ({
        id: step.id,
        title: step.title,
        spentMs: spent.get(step.id) ?? 0,
        weightMs: step.weightMs,
        share: step.share,
        totalUnits: totalOf(step),
        atLeast: step.progress?.total == null,
      })),
    spentMs: steps.reduce((sum, step) => sum + step.activeMs + attemptMs(step, spent), 0),
  };
};

const totalOf = ({ progress }: Step): number | null => {
  const total = progress?.total ?? progress?.known ?? null;
  return total === null || total <= 0 ? null : Math.max(total, progress?.done ?? 0);
};

/** A waiting step's `activeMs` is in what it spent already. */
const attemptMs = (step: Step, spent: Spent): number =>
  Math.max(0, (spent.get(step.id) ?? 0) - (step.kind === "wait" ? step.activeMs : 0));

/** A past run as it stood after this much of its time. */
export const pastStanding = ({ steps }: PastRun, spentMs: number): Standing => {
  const done: Done[] = [];
  const rest: Rest[] = [];
  let left = spentMs;
  for (const [id, { ms, log, skipped }] of steps) {
    // Nothing is known to be done, or skipped, before the first moment.
    if (spentMs > 0 && rest.length === 0 && left >= ms) {
      done.push({ id, ms, log, skipped });
      left -= ms;
      continue;
    }
    rest.push({ id, spentMs: rest.length === 0 ? left : 0, ...unknown });
  }
  return { done, rest, spentMs };
};

const unknown = { title: "", weightMs: 0, share: null, totalUnits: null, atLeast: false };
