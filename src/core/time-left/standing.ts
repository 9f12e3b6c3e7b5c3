import type { Size } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Progress, Step } from "#core/step.ts";
import type { Interval } from "./estimate.ts";
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

/** How far a step is by its own counter. */
export interface Counted {
  /** 0..1 */
  part: number;
  /** What it had spent when it counted so: between two looks the time goes on and the counter stands still. */
  afterMs: number;
  /** How many are left, how many it counted since its pace can be told, and how long that took; null where it only told its share. */
  pace: { left: number; done: number; ms: number } | null;
  /** It is no further than that: more may come. */
  atMost: boolean;
}

/** A step that is not done. */
export interface Rest {
  id: string;
  title: string;
  /** What it took so far in its try; 0 when it has not begun. */
  spentMs: number;
  /** Its author's guess. */
  weightMs: number;
  /** What it counted itself; null when it cannot tell. */
  counted: Counted | null;
  /** How many it has to count, where that is known, and of what. */
  totalUnits: number | null;
  unit: Progress["unit"];
  /** The end is not known, only that it is not before `totalUnits`. */
  atLeast: boolean;
  /** How unsure `totalUnits` is, as a standard deviation of the logarithm. */
  unsure: number;
  /** How much its run has to do, where that is known. */
  size: Size | null;
  /** What is left of it by its longest path, where it is many things that each have a time of their own; null where it is not. */
  path: Interval | null;
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
        counted: countedOf(step, spent.get(step.id) ?? 0),
        totalUnits: totalOf(step),
        unit: step.progress?.unit ?? "items",
        atLeast: isOpen(step.progress) && step.progress.likely === undefined,
        unsure: unsureOf(step.progress),
        size,
        path: pathOf(step, spent.get(step.id)),
      })),
    spentMs: steps.reduce((sum, step) => sum + step.activeMs + attemptMs(step, spent), 0),
  };
};

const isOpen = (progress: Progress | null): progress is Progress & { total: null } =>
  progress !== null && progress.total === null;

/** An end that is only likely may be off by so much of what lies between it and what is known, */
const knownTimes = 0.35;
/** and of what lies between it and the most that it may be. */
const mostTimes = 0.1;

/** Where the most is not known either, it is taken to lie as far beyond as what is known lies below. */
const unsureOf = (progress: Progress | null): number => {
  if (!isOpen(progress) || progress.likely === undefined) return 0;
  const { done, likely, known = done, most } = progress;
  if (likely <= known) return 0;
  return (
    knownTimes * Math.log(likely / Math.max(1, known)) +
    mostTimes * Math.log((most ?? likely ** 2 / Math.max(1, known)) / likely)
  );
};

const countedOf = (step: Step, spentMs: number): Counted | null => {
  const { progress, share } = step;
  const total = totalOf(step);
  const part = isOpen(progress) ? (total === null ? null : progress.done / total) : share;
  if (part === null) return null;
  const afterMs = Math.min(spentMs, countedAfterMs(step) ?? spentMs);
  return {
    part,
    afterMs,
    pace: paceOf(progress, total, afterMs),
    atMost: isOpen(progress) && progress.likely === undefined,
  };
};

/** What came before the first was counted says nothing of the pace: a program had to start, or went on from where it was. */
const paceOf = (progress: Progress | null, total: number | null, afterMs: number): Counted["pace"] => {
  if (progress === null || total === null) return null;
  const { done, began } = progress;
  const since = began !== undefined && done > began.done && afterMs > began.afterMs ? began : nothing;
  return { left: total - done, done: done - since.done, ms: afterMs - since.afterMs };
};

const nothing = { done: 0, afterMs: 0 } as const;

/** A wait, and an each, counts when it looks, which is what its `activeMs` goes up to; null where nothing is known of that. */
const countedAfterMs = ({ kind, activeMs, signAt, attemptAt }: Step): number | null => {
  if (kind !== "do") return activeMs > 0 ? activeMs : null;
  return signAt === null || attemptAt === null || signAt <= attemptAt ? null : signAt - attemptAt;
};

/** Time goes on after it was counted, and what is late by then is nearly done. */
const pathOf = (step: Step, spentMs: number | undefined): Interval | null => {
  const left = step.progress?.left;
  if (left == null || spentMs === undefined) return null;
  const sinceMs = Math.max(0, spentMs - step.activeMs);
  const now = (ms: number) => Math.max(0.1 * ms, ms - sinceMs);
  return { p10Ms: now(left.p10Ms), p50Ms: now(left.p50Ms), p90Ms: now(left.p90Ms) };
};

const totalOf = ({ progress, substeps }: Step): number | null => {
  if (progress === null) return substeps.length === 0 ? null : substeps.length;
  const total = progress.total ?? progress.likely ?? progress.known ?? 0;
  return total <= 0 ? null : Math.max(total, progress.done);
};

/** The `activeMs` of one that is looked at is in what it spent already. */
const attemptMs = (step: Step, spent: Spent): number =>
  Math.max(0, (spent.get(step.id) ?? 0) - (step.kind === "do" ? 0 : step.activeMs));

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

const unknown = {
  title: "",
  weightMs: 0,
  counted: null,
  unit: "items",
  atLeast: false,
  unsure: 0,
  path: null,
} as const;
