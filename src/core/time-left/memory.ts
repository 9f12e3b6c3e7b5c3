/** Half-lives in runs that are tried: a workflow that changes needs a short memory, one that only scatters a long one. */
const tried = [2, 4, 8, 16, 32] as const;
/** Errors fade with this half-life, in runs. */
const errorsFade = 12;
/** A half-life whose error is this share larger than the least one counts 1/e as much. */
const forgiven = 0.04;

/**
 * How much each past run counts, newest first: faded means of several half-lives, each by how well it would have foretold these runs,
 * each run from those before it. `logs` are whole runs, newest first.
 */
export const memoryOf = (logs: readonly number[]): number[] => {
  const errors = tried.map((halfLife) => errorOf(logs, halfLife));
  const least = Math.min(...errors);
  const trusts = errors.map((error) => Math.exp(-(error / Math.max(1e-9, least) - 1) / forgiven));
  const all = trusts.reduce((sum, one) => sum + one, 0);
  const weights = logs.map(() => 0);
  let size = 0;
  for (const [index, halfLife] of tried.entries()) {
    const own = logs.map((_, age) => 0.5 ** (age / halfLife));
    const sum = own.reduce((sofar, one) => sofar + one, 0);
    const trust = (trusts[index] ?? 0) / all;
    size += trust * sum;
    for (const [age, one] of own.entries()) weights[age] = (weights[age] ?? 0) + (trust * one) / sum;
  }
  return weights.map((one) => size * one);
};

/** The mean distance of each run from the faded mean of those before it, later runs counting more. */
const errorOf = (logs: readonly number[], halfLife: number): number => {
  const keep = 0.5 ** (1 / halfLife);
  const fade = 0.5 ** (1 / errorsFade);
  let sum = 0;
  let weight = 0;
  let error = 0;
  let count = 0;
  for (const log of logs.toReversed()) {
    if (weight > 0) {
      error = fade * error + Math.abs(log - sum / weight);
      count = fade * count + 1;
    }
    sum = keep * sum + log;
    weight = keep * weight + 1;
  }
  return error / Math.max(1, count);
};
