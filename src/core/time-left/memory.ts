/**
 * What is tried, in runs: a workflow that changes needs a short memory, one that only scatters a long one, and of one whose runs are of
 * two kinds in turn (a cold cache and then a warm one) the run before the last tells more than the last.
 */
const tried = [
  ...[2, 4, 8, 16, 32].map((halfLife) => ({ halfLife, every: 1 })),
  ...[4, 16].map((halfLife) => ({ halfLife, every: 2 })),
];
/** Errors fade with this half-life, in runs. */
const errorsFade = 12;
/** A memory whose error is this share larger than the least one counts 1/e as much, */
const forgiven = 0.04;
/** but never nothing: every run of the past may be one like the next. */
const leastTrust = 1e-3;

type Memory = (typeof tried)[number];

/** What a run counts that has `age` newer ones. */
const counts = ({ halfLife, every }: Memory, age: number): number =>
  age % every === every - 1 ? 0.5 ** (age / halfLife) : 0;

export interface Remembered {
  /** How much each past run counts, newest first. */
  weights: readonly number[];
  /** By which factor it counts more or less than its age alone makes it. */
  turns: readonly number[];
}

/**
 * How much each past run counts: faded means of several memories, each by how well it would have foretold these runs,
 * each run from those before it. `logs` are whole runs, newest first.
 */
export const memoryOf = (logs: readonly number[]): Remembered => {
  const errors = tried.map((memory) => errorOf(logs, memory));
  const least = Math.min(...errors);
  const trusts = errors.map((error) =>
    error === Number.POSITIVE_INFINITY
      ? 0
      : leastTrust + Math.exp(-(error - least) / Math.max(1e-9, least) / forgiven),
  );
  const all = trusts.reduce((sum, one) => sum + one, 0);
  const weights = logs.map(() => 0);
  const turns = logs.map(() => 0);
  let size = 0;
  for (const [index, memory] of tried.entries()) {
    if (trusts[index] === 0) continue;
    const own = logs.map((_, age) => counts(memory, age));
    const sum = own.reduce((sofar, one) => sofar + one, 0);
    const trust = (trusts[index] ?? 0) / all;
    size += trust * sum;
    for (const [age, one] of own.entries()) {
      weights[age] = (weights[age] ?? 0) + (trust * one) / sum;
      turns[age] = (turns[age] ?? 0) + (one === 0 ? 0 : trust * memory.every);
    }
  }
  return { weights: weights.map((one) => size * one), turns };
};

/** The mean distance of each run from the faded mean of those before it, later runs counting more. */
const errorOf = (logs: readonly number[], { halfLife, every }: Memory): number => {
  const keep = 0.5 ** (1 / halfLife);
  const fade = 0.5 ** (1 / errorsFade);
  // One faded mean for each turn.
  const turns = Array.from({ length: every }, () => ({ sum: 0, weight: 0 }));
  let error = 0;
  let count = 0;
  let foretold = 0;
  for (const [index, log] of logs.toReversed().entries()) {
    const turn = turns[index % every] ?? { sum: 0, weight: 0 };
    if (turn.weight > 0) {
      error = fade * error + Math.abs(log - turn.sum / turn.weight);
      count = fade * count + 1;
      foretold += 1;
    }
    for (const one of turns) {
      one.sum *= keep;
      one.weight *= keep;
    }
    turn.sum += log;
    turn.weight += 1;
  }
  // That there are turns is not concluded from one that came as the one before the last.
  return foretold < 2 * (every - 1) ? Number.POSITIVE_INFINITY : (every * error) / Math.max(1, count);
};
