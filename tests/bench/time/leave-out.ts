import { chosen, type Tuning } from "#core/time-left/tuning.ts";
import { milepost } from "./forecasters.ts";
import { replay, toldAtStart } from "./replay.ts";
import { type Score, score } from "./score.ts";
import type { Series } from "./series.ts";

/** What each constant might have been instead. */
const others: Record<keyof Tuning, readonly number[]> = {
  momentsFade: [6, 24],
  nearness: [0.1, 0.25],
  trust: [1, 4],
  totalsAtStart: [0.3, 0.9],
  mostLike: [0.4, 0.7],
  runsFade: [10, 40],
  sharpness: [1.5, 6],
  overtaken: [0.07, 0.3],
};

type Scores = ReadonlyMap<string, Score>;

export interface LeftOut {
  family: string;
  /** The constants that the other families choose, where they are others than Milepost's. */
  chosen: Partial<Tuning>;
  /** This family with Milepost's constants, and with those. */
  own: Score;
  blind: Score;
}

/**
 * For each family the constants that all the other families choose, and how this one fares with them: what it would have been told
 * had nobody looked at it. Each constant is moved by itself, then all that helped together.
 */
export const leaveOut = (all: readonly Series[]): LeftOut[] => {
  const told = new Map(all.map((one) => [one, toldAtStart(one, milepost())]));
  const families = [...Map.groupBy(all, (one) => one.family)];
  const scored = (tuning: Tuning, only = families): Scores =>
    new Map(
      only.map(([family, series]) => [
        family,
        score(
          series.flatMap((one) => replay(one, milepost(tuning), told.get(one) ?? [])),
          "told",
        ),
      ]),
    );
  const own = scored(chosen);
  const tried = (Object.keys(others) as (keyof Tuning)[]).flatMap((name) =>
    others[name].map((value) => ({ name, value, scores: scored({ ...chosen, [name]: value }) })),
  );
  return families.map(([family, series]) => {
    const rest = families.map(([name]) => name).filter((name) => name !== family);
    const better = Map.groupBy(
      tried
        .map((one) => ({ ...one, cost: costOf(one.scores, own, rest) }))
        .filter(({ cost }) => cost < costOf(own, own, rest))
        .sort((a, b) => a.cost - b.cost),
      ({ name }) => name,
    );
    const moved: Partial<Tuning> = Object.fromEntries(
      [...better].map(([name, ones]) => [name, ones[0]?.value ?? chosen[name]]),
    );
    const blind = scored({ ...chosen, ...moved }, [[family, series]]).get(family);
    const mine = own.get(family);
    if (blind === undefined || mine === undefined) throw new Error(`${family} was not replayed`);
    return { family, chosen: moved, own: mine, blind };
  });
};

/** Pinball loss beside Milepost's own, and how far four of five are missed by more than three in a hundred. */
const costOf = (scores: Scores, own: Scores, families: readonly string[]): number =>
  families.reduce((sum, family) => {
    const [one, mine] = [scores.get(family), own.get(family)];
    if (one === undefined || mine === undefined) return sum;
    return sum + one.loss / mine.loss + 2 * Math.max(0, Math.abs(one.coverage - 0.8) - 0.03);
  }, 0);
