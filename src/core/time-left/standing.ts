import type { Size } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Progress, Step } from "#core/step.ts";
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
  /** What is done of what is known of so far, where the end is not known: it is no further than that. */
  atMost: number | null;
  /** How many it has to count, where that is known, and of what. */
  totalUnits: number | null;
  unit: Progress["unit"];
  /** The end is not known, only that it is not before `totalUnits`. */
  atLeast: boolean;
  /** How much its run has to do, where that is known. */
  size: Size | null;
}

export const standingOf = (steps: readonly Step[], spent: Spent, size: Size | null): Standing => {
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
        atMost: atMostOf(step),
        totalUnits: totalOf(step),
        unit: step.progress?.unit ?? "items",
        atLeast: step.progress !== null && step.progress.total === null,
        size,
      })),
    spentMs: steps.reduce((sum, step) => sum + step.activeMs + attemptMs(step, spent), 0),
  };
};

const atMostOf = ({ progress }: Step): number | null =>
  progress === null || progress.total !== null || (progress.known ?? 0) <= 0
    ? null
    : progress.done / (progress.known ?? 1);

const totalOf = ({ progress, substeps }: Step): number | null => {
  if (progress === null) return substeps.length === 0 ? null : substeps.length;
  const total = progress.total ?? progress.known ?? 0;
  return total <= 0 ? null : Math.max(total, progress.done);
};

/** A waiting step's `activeMs` is in what it spent already. */
const attemptMs = (step: Step, spent: Spent): number =>
  Math.max(0, (spent.get(step.id) ?? 0) - (step.kind === "wait" ? step.activeMs : 0));

/** A past run as it stood after this much of its time. */
export const pastStanding = ({ steps, size: count }: PastRun, spentMs: number): Standing => {
  const done: Done[] = [];
  const rest: Rest[] = [];
  let left = spentMs;
  const size = count === 0 ? null : { count, what: "" };
  for (const [id, { ms, log, skipped, units, foreknown }] of steps) {
    // Nothing is known to be done, or skipped, before the first moment.
    if (spentMs > 0 && rest.length === 0 && left >= ms) {
      done.push({ id, ms, log, skipped });
      left -= ms;
      continue;
    }
    const isUnderWay = spentMs > 0 && rest.length === 0;
    rest.push({
      ...unknown,
      id,
      spentMs: isUnderWay ? left : 0,
      totalUnits: isUnderWay && foreknown && units > 0 ? units : null,
      size,
    });
  }
  return { done, rest, spentMs };
};

const unknown = { title: "", weightMs: 0, share: null, atMost: null, unit: "items", atLeast: false } as const;
