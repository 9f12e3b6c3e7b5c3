/**
 * How long it takes until all of these are done, so many at a time, the longest first: list scheduling by longest processing time (Graham
 * 1969), which is at most 4/3 of the shortest there can be. Milliseconds; 0 of none.
 */
export const leftOnSlots = (remainingMs: readonly number[], slots: number): number => {
  const until: number[] = Array.from({ length: Math.max(1, Math.min(slots, remainingMs.length)) }, () => 0);
  for (const ms of remainingMs.toSorted((a, b) => b - a)) {
    const first = until.indexOf(Math.min(...until));
    until[first] = (until[first] ?? 0) + ms;
  }
  return Math.max(...until);
};

/** The same of waves, of which each begins when the one before is over. */
export const leftOfWaves = (waves: readonly (readonly number[])[], slots: number): number =>
  waves.reduce((sum, wave) => sum + leftOnSlots(wave, slots), 0);
