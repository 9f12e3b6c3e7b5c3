/**
 * The middles of `many` equal parts of (0, 1), in an order that depends on the seed alone: one column of a Latin hypercube
 * (McKay, Beckman & Conover, 1979). The same seed gives the same order, so that an estimate does not tremble between two looks.
 */
export const strata = (many: number, seed: number): number[] => {
  const next = generator(seed);
  const found = Array.from({ length: many }, (_, i) => (i + 0.5) / many);
  for (let i = many - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const kept = found[i] ?? 0;
    found[i] = found[j] ?? 0;
    found[j] = kept;
  }
  return found;
};

/** Numbers in [0, 1) from a seed (mulberry32, Tommy Ettinger, public domain). */
const generator = (seed: number) => {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};
