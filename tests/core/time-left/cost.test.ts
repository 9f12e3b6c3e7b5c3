import { expect, test } from "vitest";
import { learn, pastRuns } from "#core/time-left/learn.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import { finished, standing } from "../../bench/time/series.ts";

/**
 * How often something calls a function of `Math`, or an array's method calls back (a comparison, an element): the same on every machine,
 * whatever else that does.
 */
const callsOf = (work: () => void): number => {
  let calls = 0;
  type Call = (this: unknown, ...args: unknown[]) => unknown;
  const counting = (call: Call): Call =>
    function (...args) {
      calls += 1;
      return call.apply(this, args);
    };
  const counted: [object, string, Call][] = [];
  const replace = (on: object, name: string, by: (own: Call) => Call) => {
    const own = Reflect.get(on, name);
    if (typeof own !== "function") return;
    counted.push([on, name, own as Call]);
    Reflect.set(on, name, by(own as Call));
  };
  for (const name of Object.getOwnPropertyNames(Math)) replace(Math, name, counting);
  for (const name of callingBack)
    replace(
      Array.prototype,
      name,
      (own) =>
        function (back, ...rest) {
          return own.call(this, typeof back === "function" ? counting(back as Call) : back, ...rest);
        },
    );
  try {
    work();
  } finally {
    for (const [on, name, own] of counted) Reflect.set(on, name, own);
  }
  return calls;
};

const callingBack = [
  "map",
  "flatMap",
  "filter",
  "reduce",
  "sort",
  "toSorted",
  "some",
  "every",
  "find",
  "findLast",
];

const took = (run: number, steps: number) =>
  Array.from({ length: steps }, (_, step) => 1_000 * (1 + ((run * 7 + step * 13) % 11)));
const modelOf = (runs: number, steps: number) =>
  learn(Array.from({ length: runs }, (_, run) => finished(took(run, steps), runs - run)).flat());

test("what an estimate of twenty steps costs is at most 6,000 small calculations, at every moment, and does not grow with the past", () => {
  const [usual, long] = [modelOf(pastRuns, 20), modelOf(3 * pastRuns, 20)];
  for (const spentMs of [0, 15_000, 60_000]) {
    const at = standing(took(3, 20), spentMs);
    const calls = [usual, long].map((model) => callsOf(() => timeLeft(at.steps, model, at.spent)));
    expect(calls[1]).toBe(calls[0]);
    expect(calls[0]).toBeGreaterThan(1_000);
    expect(calls[0]).toBeLessThan(6_000);
  }
});
