/** What lies further off than this many deviations is an outlier, */
const most = 2.5;
/** and is taken to lie this many off: one outlier must not own the future. */
const heldAt = 1.5;
/** The median distance from the median of a normal, times this, is its deviation. */
const toDeviation = 1.4826;
/** Runs are never taken to be so alike that less than this is an outlier, as a logarithm. */
const leastDeviation = 0.05;

/** With fewer values none is an outlier. */
const enough = 8;
/** More than this share of the values are no outliers. */
const rare = 0.15;

export interface Weighed {
  value: number;
  weight: number;
}

/** The same values, outliers moved in towards the middle (Winsor; Hampel, 1974). What is not rare is no outlier but another kind. */
export const held = (values: readonly Weighed[]): readonly Weighed[] => {
  if (values.length < enough) return values;
  const middle = weighedMedian(values);
  const typical = weighedMedian(
    values.map(({ value, weight }) => ({ value: Math.abs(value - middle), weight })),
  );
  const deviation = Math.max(leastDeviation, toDeviation * typical);
  const far = values.filter(({ value }) => Math.abs(value - middle) > most * deviation).length;
  if (far > rare * values.length) return values;
  return values.map(({ value, weight }) => {
    const off = value - middle;
    return Math.abs(off) <= most * deviation
      ? { value, weight }
      : { value: middle + Math.sign(off) * heldAt * deviation, weight };
  });
};

const weighedMedian = (values: readonly Weighed[]): number => {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, one) => sum + one.weight, 0) / 2;
  let below = 0;
  for (const { value, weight } of sorted) {
    below += weight;
    if (below >= half) return value;
  }
  return sorted.at(-1)?.value ?? 0;
};
