import type { Fared, Yardstick } from "./replay.ts";

export interface Score {
  coverage: number;
  /** The share of cells (a series at a tenth, of at least 20 estimates) that hold 72 to 88 %; null without cells. */
  cells: number | null;
  /** The same of a forecaster who knows the law and has as many runs. */
  perfectCells: number | null;
  offAtStart: number;
  offAtNine: number;
  off: number;
  loss: number;
  width: number;
}

const enough = 20;

/** Scores what one method told in one family, by one yardstick: every tenth of every series counts alike. */
export const score = (fared: readonly Fared[], yardstick: Yardstick): Score => {
  const cells = [
    ...Map.groupBy(
      fared.filter((one) => one.yardstick === yardstick),
      (one) => `${one.tenth} ${one.series}`,
    ).values(),
  ];
  const overCells = (of: (one: Fared) => number, among = cells) =>
    mean(among.map((cell) => mean(cell.map(of))));
  const large = cells.filter((cell) => cell.length >= enough);
  const within = (cell: readonly Fared[]) => {
    const held = mean(cell.map((one) => Number(one.held)));
    return held >= 0.72 && held <= 0.88;
  };
  const at = (tenth: number) => cells.filter((cell) => cell[0]?.tenth === tenth);
  return {
    coverage: overCells((one) => Number(one.held)),
    cells: large.length === 0 ? null : mean(large.map((cell) => Number(within(cell)))),
    perfectCells: large.length === 0 ? null : mean(large.map((cell) => chanceWithin(cell.length))),
    offAtStart: overCells((one) => one.off, at(0)),
    offAtNine: overCells((one) => one.off, at(9)),
    off: overCells((one) => one.off),
    loss: overCells((one) => one.loss),
    width: overCells((one) => one.width),
  };
};

const mean = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);

/** The chance that of `n` intervals that each hold with 0.8, 72 to 88 % do. */
const chanceWithin = (n: number): number => {
  let chance = 0;
  let log = n * Math.log(0.2);
  for (let k = 0; k <= n; k++) {
    if (k / n >= 0.72 && k / n <= 0.88) chance += Math.exp(log);
    log += Math.log((n - k) / (k + 1)) + Math.log(0.8 / 0.2);
  }
  return chance;
};
