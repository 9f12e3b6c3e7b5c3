import { learn, pastRuns } from "#core/time-left/learn.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { finished, standing } from "./series.ts";

const steps = 20;
const times = 400;

export interface Cost {
  estimate: number;
  learn: number;
  learnOneMore: number;
  /** How many times a million logarithms an estimate costs, measured side by side. */
  estimateRatio: number;
}

/** An estimate may cost so much of a million logarithms: 0.3 ms where those take six. */
export const mostRatio = 0.05;

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
    estimateRatio: estimate / leastOf(millionLogarithms),
    learn: leastOf(() => learn(past.flat())),
    learnOneMore: leastOf(() => learn(past.slice(0, pastRuns).flat(), model)),
  };
};

const millionLogarithms = () => {
  let sum = 0;
  for (let i = 1; i <= 1_000_000; i++) sum += Math.log(i);
  if (sum < 0) throw new Error("it must not be left out as unused");
};

const leastOf = (work: () => void): number =>
  Math.min(
    ...Array.from({ length: 7 }, () => {
      const before = process.cpuUsage();
      work();
      return process.cpuUsage(before).user / 1000;
    }),
  );
