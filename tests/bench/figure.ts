/** One measured figure with its reference, taken in turns in the same run: only the ratio means anything on another machine. */
export interface Figure {
  what: string;
  unit: string;
  ours: number;
  reference: number;
  than: string;
  /** Whether a higher figure is better. */
  more: "better" | "worse";
  /** How far the reference itself went apart from round to round: half of its rounds lie within this share of the middle one. */
  spread: number;
}

/** What both needed, round by round. */
export interface Rounds {
  ours: readonly number[];
  reference: readonly number[];
}

/** Where the reference differs more than this from round to round, the machine is too busy to compare anything on it. */
const mostSpread = 0.3;

export const isNoisy = ({ spread }: Figure): boolean => spread > mostSpread;

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0;

/** The middle of the rounds of each; `scale` makes of what a round took the figure that is shown. */
export const figureOf = (
  about: Pick<Figure, "what" | "unit" | "than" | "more">,
  { ours, reference }: Rounds,
  scale: (took: number) => number = (took) => took,
): Figure => ({
  ...about,
  ours: scale(quantile(ours, 0.5)),
  reference: scale(quantile(reference, 0.5)),
  spread: (quantile(reference, 0.75) - quantile(reference, 0.25)) / quantile(reference, 0.5),
});

/** Runs both by turns and gives what each round took, in milliseconds; one round first is not counted. */
export const inTurns = async (
  ours: () => Promise<unknown>,
  reference: () => Promise<unknown>,
  rounds: number,
): Promise<Rounds> => {
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
  return times;
};

/** Figures as a page shows them. */
export const tableOf = (figures: readonly Figure[]): string =>
  ["| what | Milepost | reference | ratio |", "| --- | --- | --- | --- |", ...figures.map(row)].join("\n");

const rounded = (value: number): string =>
  value.toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: value >= 10_000 });

const row = (figure: Figure): string => {
  const { what, unit, ours, reference, than, more } = figure;
  return `| ${what} | ${rounded(ours)} ${unit} | ${rounded(reference)} ${unit} (${than}) | ${(ours / reference).toFixed(2)}${more === "worse" ? " (lower is better)" : ""}${isNoisy(figure) ? " (noisy)" : ""} |`;
};
