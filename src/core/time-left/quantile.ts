/** Linear interpolation between order statistics (type 7 of Hyndman & Fan, 1996). `sorted` must not be empty. */
export const quantile = (sorted: readonly number[], q: number): number => {
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
};

/** The share of a distribution below `value`, where `sorted` are its quantiles at even distances: the inverse of `quantile`. */
export const shareBelow = (sorted: readonly number[], value: number): number => {
  const above = sorted.findIndex((one) => one > value);
  if (above === -1) return 1;
  if (above === 0) return 0;
  const low = sorted[above - 1] ?? 0;
  const high = sorted[above] ?? low;
  return (above - 1 + (value - low) / (high - low)) / (sorted.length - 1);
};
