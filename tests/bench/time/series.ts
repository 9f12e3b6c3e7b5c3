import { readFileSync } from "node:fs";
import { type Step, untried } from "#core/step.ts";
import type { PastStep } from "#core/store.ts";

/** One series of real runs in time order: what each step took, milliseconds, −1 where it was not run. */
export interface Series {
  name: string;
  family: string;
  steps: readonly string[];
  runs: readonly (readonly number[])[];
}

/** Reads series; other ones can be given as `npm run bench:time -- file.json`. */
export const readSeries = (file: string | URL): Series[] =>
  (
    JSON.parse(readFileSync(file, "utf8")) as (Omit<Series, "runs"> & {
      runs: (number[] | { ms: number[] })[];
    })[]
  ).map((one) => ({ ...one, runs: one.runs.map((run) => (Array.isArray(run) ? run : run.ms)) }));

export const totalOf = (took: readonly number[]): number =>
  took.reduce((sum, ms) => sum + Math.max(0, ms), 0);

/** The finished steps of a run as the store hands them to the engine. */
export const finished = (took: readonly number[], index: number): PastStep[] =>
  took.map((ms, position) => ({
    runId: `r${index}`,
    stepId: `s${position}`,
    activeMs: Math.max(0, Math.round(ms)),
    quietMs: 0,
    skipped: ms < 0,
    units: 0,
    foreknown: false,
    size: 0,
  }));

/** The run as the store has it when `spentMs` of it are gone, and how long the step under way took by then. */
export const standing = (
  took: readonly number[],
  spentMs: number,
): { steps: Step[]; spent: Map<string, number> } => {
  const spent = new Map<string, number>();
  let left = spentMs;
  const steps = took.map((ms, position): Step => {
    const at = { ...pending, id: `s${position}`, title: `s${position}`, position };
    if (spentMs <= 0 || spent.size > 0) return at;
    if (ms < 0) return { ...at, state: "skipped" };
    if (left >= ms) {
      left -= ms;
      return { ...at, state: "completed", activeMs: Math.round(ms) };
    }
    spent.set(at.id, left);
    return { ...at, state: "running" };
  });
  return { steps, spent };
};

const pending: Step = {
  runId: "run",
  id: "",
  position: 0,
  kind: "do",
  title: "",
  ...untried,
  result: null,
  weightMs: 1_000,
  skippable: null,
  undoable: false,
};
