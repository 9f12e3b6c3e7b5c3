import { expect, test } from "vitest";
import type { Step } from "#core/step.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import { learn } from "#core/time-left/learn.ts";
import { signsOf } from "#core/time-left/signs.ts";
import { aStep } from "../a-step.ts";

const second = 1_000;
/** Twenty runs of a minute to 79 seconds, never silent for more than 20 s. */
const model = learn(
  Array.from({ length: 20 }, (_, i) => ({
    runId: `r${i}`,
    stepId: "a",
    activeMs: (60 + i) * second,
    quietMs: 20 * second,
    skipped: false,
    units: 0,
    foreknown: false,
    size: 0,
  })),
);
const now = 1_700_000_000_000;
const signs = (
  spentMs: number,
  quietMs: number,
  past = model,
  over: Partial<Step> = {},
  promised: Interval | null = null,
) =>
  signsOf(
    {
      steps: [
        aStep("a", {
          title: "Save",
          state: "running",
          attemptAt: now - spentMs,
          signAt: now - quietMs,
          ...over,
        }),
        aStep("b"),
      ],
      spent: new Map([["a", spentMs]]),
      spentMs,
      now,
      size: null,
      promised,
    },
    past,
  );

test("a run is called slow once it is longer than nine of ten before, and with how many it was compared", () => {
  expect(signs(70 * second, 0)).toEqual([]);
  expect(signs(78.5 * second, 0)).toEqual([
    {
      kind: "slow",
      stepId: null,
      sentence: "Slower than 19 of 20 past runs.",
      since: null,
      nextLookAt: null,
    },
  ]);
  expect(signs(90 * second, 0)[0]?.sentence).toBe("Slower than all 20 past runs.");
});

test("too short a past calls nothing slow", () => {
  const two = learn(
    [1, 2].map((i) => ({
      runId: `r${i}`,
      stepId: "a",
      activeMs: 10,
      quietMs: 0,
      skipped: false,
      units: 0,
      foreknown: false,
      size: 0,
    })),
  );
  expect(signs(3_600 * second, 0, two)).toEqual([]);
});

test("a few seconds more than usual are not worth an alarm, however alike past runs were", () => {
  const alike = Array.from({ length: 9 }, (_, i) => ({
    runId: `r${i}`,
    stepId: "a",
    activeMs: 12,
    quietMs: 0,
    skipped: false,
    units: 0,
    foreknown: false,
    size: 0,
  }));
  expect(signs(4 * second, 0, learn(alike))).toEqual([]);
  expect(signs(6 * second, 0, learn(alike))).toHaveLength(1);
});

test("a slow step of a run that is not slow is named", () => {
  const at = {
    steps: [aStep("a", { title: "Save", state: "running", signAt: now })],
    now,
    size: null,
    promised: null,
  };
  const found = signsOf({ ...at, spent: new Map([["a", 78.5 * second]]), spentMs: 1 }, model);
  expect(found.map((one) => [one.stepId, one.sentence])).toEqual([
    ["a", "“Save” already takes longer than in 19 of 20 past runs."],
  ]);
});

test("silence is told when it is longer than ever before, and only with slowness it may be stuck", () => {
  expect(signs(50 * second, 19 * second)).toEqual([]);
  expect(signs(50 * second, 21 * second)).toEqual([
    {
      kind: "silent",
      stepId: "a",
      sentence: "“Save” has given no sign of life for longer than ever before.",
      since: now - 21 * second,
      nextLookAt: null,
    },
  ]);
  expect(signs(90 * second, 21 * second).map((one) => one.kind)).toEqual(["slow", "stuck"]);
  expect(signs(90 * second, 19 * second).map((one) => one.kind)).toEqual(["slow"]);
});

test("without a past a minute of silence is told, and never called stuck", () => {
  expect(signs(90 * second, 59 * second, null)).toEqual([]);
  expect(signs(3_600 * second, 61 * second, null).map((one) => one.kind)).toEqual(["silent"]);
});

test("a step that has just begun is not silent since before it began", () => {
  expect(signs(5 * second, 600 * second)).toEqual([]);
});

test("a wait whose word and counter stand still is silent and stuck like a step, and says when it is looked at next", () => {
  const waiting = { for: "look", word: "", since: 0, nextAt: now + 9, looks: 3 } as const;
  const found = signs(90 * second, 3_600 * second, model, { kind: "wait", state: "waiting", waiting });
  expect(found.map((one) => [one.kind, one.nextLookAt])).toEqual([
    ["slow", now + 9],
    ["stuck", now + 9],
  ]);
});

test("a run that outlasts what was told at its start says so, whatever past runs took", () => {
  const promised = { p10Ms: 20 * second, p50Ms: 30 * second, p90Ms: 40 * second };
  const sentence = (spentMs: number) => signs(spentMs, 0, model, {}, promised)[0]?.sentence;
  expect(sentence(44 * second)).toBeUndefined();
  expect(sentence(46 * second)).toBe("This run takes longer than was told at its start.");
  expect(sentence(90 * second)).toBe(
    "This run takes longer than was told at its start, and longer than all 20 past runs.",
  );
});

test("a run with more to do is not called slow for taking longer than smaller ones", () => {
  const learned = learn(
    Array.from({ length: 20 }, (_, i) => ({
      runId: `r${i}`,
      stepId: "a",
      activeMs: (10 + i) * second,
      quietMs: 20 * second,
      skipped: false,
      units: 0,
      foreknown: false,
      size: 10 + i,
    })),
  );
  const at = (size: number | null, promised: Interval | null = null) =>
    signsOf(
      {
        steps: [aStep("a", { state: "running", signAt: now })],
        spent: new Map([["a", 200 * second]]),
        spentMs: 200 * second,
        now,
        size: size === null ? null : { count: size, what: "rows" },
        promised,
      },
      learned,
    ).map(({ kind }) => kind);
  expect(at(null)).toEqual(["slow"]);
  expect(at(1_000)).toEqual([]);
  // What was told at its start is held against it all the same.
  expect(at(1_000, { p10Ms: 1_000, p50Ms: 2_000, p90Ms: 3_000 })).toEqual(["slow"]);
});
