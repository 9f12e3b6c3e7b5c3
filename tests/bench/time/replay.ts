import type { Method } from "./forecasters.ts";
import { type Series, totalOf } from "./series.ts";

/** `truth`: tenths of what the run took; `told`: tenths of what Milepost told at its start, as long as it was under way. */
export type Yardstick = "truth" | "told";

/** One estimate of one run held against what came; errors, loss and width as shares of the whole run. */
export interface Fared {
  series: string;
  family: string;
  yardstick: Yardstick;
  tenth: number;
  held: boolean;
  off: number;
  loss: number;
  width: number;
}

/** With fewer past runs than this an estimate is told but not judged. */
const judgedFrom = 4;

/** What a method tells of each run at its start, from those before it. Milliseconds; 0 of the first. */
export const toldAtStart = ({ runs }: Series, method: Method): number[] => {
  const forecaster = method();
  return runs.map((took, index) => (index === 0 ? 0 : forecaster(runs.slice(0, index))(took, 0).p50Ms));
};

/** Tells every run of a series from those before it, at ten tenths by both yardsticks: the same moments for every method. */
export const replay = (
  { name, family, runs }: Series,
  method: Method,
  toldMs: readonly number[],
): Fared[] => {
  const forecaster = method();
  const fared: Fared[] = [];
  for (const [index, took] of runs.entries()) {
    if (index === 0) continue;
    const forecast = forecaster(runs.slice(0, index));
    if (index < judgedFrom) continue;
    const total = totalOf(took);
    for (const yardstick of ["truth", "told"] as const) {
      for (let tenth = 0; tenth < 10; tenth++) {
        const spentMs = (tenth / 10) * (yardstick === "truth" ? total : (toldMs[index] ?? 0));
        if (spentMs >= total) break;
        const { p10Ms, p50Ms, p90Ms } = forecast(took, spentMs);
        const left = total - spentMs;
        const loss = (q: number, said: number) =>
          left >= said ? q * (left - said) : (1 - q) * (said - left);
        fared.push({
          series: name,
          family,
          yardstick,
          tenth,
          held: p10Ms <= left && left <= p90Ms,
          off: Math.abs(p50Ms - left) / total,
          loss: (loss(0.1, p10Ms) + loss(0.5, p50Ms) + loss(0.9, p90Ms)) / 3 / total,
          width: (p90Ms - p10Ms) / total,
        });
      }
    }
  }
  return fared;
};
