import type { Step } from "#core/step.ts";
import type { PastStep } from "#core/store.ts";
import type { TimeLeft } from "#core/time-left/estimate.ts";
import { learn, type Model, pastRuns } from "#core/time-left/learn.ts";
import { normalQuantile } from "#core/time-left/student.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { aStep } from "../a-step.ts";

/** What the steps of run number `run` take, milliseconds; null for a step that is skipped. */
export type World = (run: number, draw: Draws) => readonly (number | null)[];

export interface Draws {
  uniform(): number;
  normal(): number;
}

/** Chance from a seed, so that a simulation is the same every time. */
export const drawsFrom = (seed: number): Draws => {
  let state = seed;
  const uniform = () => {
    // Park and Miller's generator: another one than the code under test uses.
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return { uniform, normal: () => normalQuantile(uniform()) };
};

export interface Told {
  left: TimeLeft;
  /** What the mean of all past runs said at the same moment. */
  meanMs: number;
  actualMs: number;
  at: "start" | "middle";
}

/** Runs a workflow again and again and tells its time left at the start and in the middle, as the engine does. */
export const simulate = (world: World, runs: number, seed: number): Told[] => {
  const draw = drawsFrom(seed);
  const told: Told[] = [];
  let past: PastStep[] = [];
  let model: Model | null = null;
  const totals: number[] = [];
  for (let run = 0; run < runs; run++) {
    const took = world(run, draw);
    const total = took.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
    const runId = `r${run}`;
    model = learn(past, model);
    const middle = total * (0.3 + 0.4 * draw.uniform());
    for (const [at, spentMs] of [
      ["start", 0],
      ["middle", middle],
    ] as const) {
      const { run: left } = timeLeft(...moment(took, spentMs, model));
      if (left === null) continue;
      const meanMs = Math.max(0, totals.reduce((sum, one) => sum + one, 0) / totals.length - spentMs);
      told.push({ left, meanMs, actualMs: total - spentMs, at });
    }
    totals.push(total);
    const durations = took.map((ms, index) => ({
      runId,
      stepId: `s${index}`,
      activeMs: Math.round(ms ?? 0),
      quietMs: 0,
      skipped: ms === null,
      units: 0,
      foreknown: false,
      size: 0,
    }));
    past = newest(pastRuns, [...durations, ...past]);
  }
  return told;
};

/** The run as it is when `spentMs` of it are gone. */
const moment = (
  took: readonly (number | null)[],
  spentMs: number,
  model: ReturnType<typeof learn>,
): Parameters<typeof timeLeft> => {
  const spent = new Map<string, number>();
  let left = spentMs;
  const steps = took.map((ms, position): Step => {
    const id = `s${position}`;
    if (left <= 0 || spent.size > 0) return aStep(id, { position });
    if (ms === null) return aStep(id, { position, state: "skipped" });
    if (left >= ms) {
      left -= ms;
      return aStep(id, { position, state: "completed", activeMs: Math.round(ms) });
    }
    spent.set(id, left);
    return aStep(id, { position, state: "running" });
  });
  return [steps, model, spent];
};

const newest = <T extends { runId: string }>(runs: number, all: readonly T[]): T[] => {
  const kept = new Set([...new Set(all.map((one) => one.runId))].slice(0, runs));
  return all.filter((one) => kept.has(one.runId));
};

export const coverage = (told: readonly Told[]): number =>
  told.filter(({ left, actualMs }) => left.p10Ms <= actualMs && actualMs <= left.p90Ms).length / told.length;

/** The mean pinball loss (Koenker & Bassett, 1978) over the tenth, the half and nine tenths. */
export const pinball = (
  told: readonly Told[],
  saying: (one: Told) => readonly [number, number, number],
): number =>
  told.reduce((sum, one) => {
    const loss = (q: number, said: number) =>
      one.actualMs >= said ? q * (one.actualMs - said) : (1 - q) * (said - one.actualMs);
    const [low, middle, high] = saying(one);
    return sum + loss(0.1, low) + loss(0.5, middle) + loss(0.9, high);
  }, 0) / told.length;
