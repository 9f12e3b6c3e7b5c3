/** One measured figure with its reference, taken in turns in the same run: only the ratio means anything on another machine. */
export interface Figure {
  what: string;
  unit: string;
  ours: number;
  reference: number;
  than: string;
  /** Whether a higher figure is better. */
  more: "better" | "worse";
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Runs both by turns and gives the median of each, in milliseconds; one round first is not counted. */
export const inTurns = async (
  ours: () => Promise<unknown>,
  reference: () => Promise<unknown>,
  rounds: number,
): Promise<{ ourMs: number; referenceMs: number }> => {
  const times = { ours: [] as number[], reference: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    for (const [name, work] of [
      ["ours", ours],
      ["reference", reference],
    ] as const) {
      const begun = performance.now();
      await work();
      if (round >= 0) times[name].push(performance.now() - begun);
    }
  }
  return { ourMs: median(times.ours), referenceMs: median(times.reference) };
};
