/** The tails end at these probabilities: a history of a few runs says nothing of what is rarer. */
const least = 0.002;

/**
 * Where a standard Student-t of `freedom` degrees (4 or more) has the share `u` of its mass below. By Cornish and Fisher's expansion
 * from the normal quantile (Abramowitz & Stegun 26.7.5); `u` is held within 0.002 and 0.998, where the error is below 2 %.
 */
export const studentQuantile = (u: number, freedom: number): number => {
  const z = normalQuantile(Math.min(1 - least, Math.max(least, u)));
  const z2 = z * z;
  return (
    z *
    (1 +
      (z2 + 1) / (4 * freedom) +
      ((5 * z2 + 16) * z2 + 3) / (96 * freedom ** 2) +
      (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * freedom ** 3))
  );
};

/** The share of a standard Student-t below `x`, the inverse of `studentQuantile` by bisection: between 0.002 and 0.998. */
export const studentBelow = (x: number, freedom: number): number => {
  let low = least;
  let high = 1 - least;
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (studentQuantile(middle, freedom) < x) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** The standard normal's quantile, off by 0.0005 at most (Hastings' approximation, Abramowitz & Stegun 26.2.23). `u` in (0, 1). */
export const normalQuantile = (u: number): number => {
  if (u > 0.5) return -normalQuantile(1 - u);
  const t = Math.sqrt(-2 * Math.log(u));
  const over = 2.515517 + t * (0.802853 + t * 0.010328);
  return over / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
};
