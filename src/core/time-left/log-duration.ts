/** What is below this is noise: durations are counted from here on in the logarithm. Milliseconds. */
export const noiseMs = 100;
/** How many observations the spread of all steps counts as, beside a step's own. */
const pooledFreedom = 4;

export const toLog = (ms: number): number => Math.log(Math.max(0, ms) + noiseMs);
export const fromLog = (log: number): number => Math.max(0, Math.exp(log) - noiseMs);

/** How much a run counts that has `age` newer ones, when it is half for one that has `halfLife` more. */
export const faded = (age: number, halfLife: number): number => 0.5 ** (age / halfLife);

/** The logarithm of a duration, of which the next one is expected to be a Student-t around `location`. */
export interface LogDuration {
  location: number;
  scale2: number;
  freedom: number;
}

/** Values with their weights, summed up. */
export interface Summary {
  /** Σ w */
  weight: number;
  mean: number;
  /** Σ w (x − mean)² */
  squares: number;
  /** How many squares are free once the mean is known: Σ w − Σ w² / Σ w. */
  freedom: number;
}

export const summarize = (values: readonly { value: number; weight: number }[]): Summary => {
  const sum = (of: (one: { value: number; weight: number }) => number) =>
    values.reduce((all, one) => all + of(one), 0);
  const weight = sum((one) => one.weight);
  const mean = sum((one) => one.weight * one.value) / weight;
  return {
    weight,
    mean,
    squares: sum((one) => one.weight * (one.value - mean) ** 2),
    freedom: weight - sum((one) => one.weight ** 2) / weight,
  };
};

/**
 * What the next log duration will be: the posterior predictive of a normal of unknown mean and variance (normal-inverse-gamma;
 * Gelman et al., Bayesian Data Analysis, 3.3), the prior flat in the mean and worth four observations of `pooledVariance` in the spread.
 */
export const predictive = (seen: Summary, pooledVariance: number): LogDuration => {
  const freedom = pooledFreedom + seen.freedom;
  const variance = (pooledFreedom * pooledVariance + seen.squares) / freedom;
  return { location: seen.mean, scale2: variance * (1 + 1 / seen.weight), freedom };
};

/** Before there are any past durations: an author's guess, which may well be three times too small or too large. */
export const guessed = (ms: number): LogDuration => ({
  location: toLog(ms),
  scale2: 1,
  freedom: pooledFreedom,
});
