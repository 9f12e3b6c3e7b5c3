import { learn, pastRuns } from "#core/time-left/learn.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { finished, standing } from "./series.ts";

const steps = 20;
const times = 400;
/** The processor's time is told in hundredths of a second: of less than that the clock says nothing. */
const more = 20;

export interface Cost {
  estimate: number;
  learn: number;
  learnOneMore: number;
}

/** Processor time in milliseconds, as the least of several goes: of one estimate, of learning anew, and of learning one more run. */
export const cost = (): Cost => {
  const took = (run: number) =>
    Array.from({ length: steps }, (_, step) => 1_000 * (1 + ((run * 7 + step * 13) % 11)));
  const past = Array.from({ length: pastRuns + 1 }, (_, run) => finished(took(run), pastRuns - run));
  const model = learn(past.slice(1).flat());
  const moments = [0, 15_000, 60_000].map((spentMs) => standing(took(3), spentMs));
  const estimate =
    leastOf(() => {
      for (let i = 0; i < times; i++) for (const at of moments) timeLeft(at.steps, model, at.spent);
    }) /
    (times * moments.length);
  return {
    estimate,
    learn: leastOf(() => learn(past.flat())),
    learnOneMore:
      leastOf(() => {
        for (let i = 0; i < more; i++) learn(past.slice(0, pastRuns).flat(), model);
      }) / more,
  };
};

const leastOf = (work: () => void): number =>
  Math.min(
    ...Array.from({ length: 7 }, () => {
      const before = process.cpuUsage();
      work();
      return process.cpuUsage(before).user / 1000;
    }),
  );
