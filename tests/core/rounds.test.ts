import { expect, test } from "vitest";
import { openRounds } from "#core/rounds.ts";

/** Rounds whose ends and whose clock belong to the test. */
const hold = (againAfterMs: number) => {
  const timers: number[] = [];
  let fire = () => {};
  let end: (sleepMs: number) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let began = 0;
  const errors: unknown[] = [];
  const rounds = openRounds({
    clock: {
      now: () => 0,
      after: (ms, call) => {
        timers.push(ms);
        fire = call;
        return () => {
          fire = () => {};
        };
      },
    },
    round: () => {
      began += 1;
      return new Promise((resolve, reject) => {
        end = resolve;
        fail = reject;
      });
    },
    failed: (error) => errors.push(error),
    longestSleepMs: 60_000,
    afterErrorMs: 10_000,
    againAfterMs,
  });
  const settled = async () => {
    for (let n = 0; n < 5; n += 1) await null;
  };
  return {
    rounds,
    timers,
    errors,
    began: () => began,
    fire: () => fire(),
    end: (sleepMs: number) =>
      settled()
        .then(() => end(sleepMs))
        .then(settled),
    fail: (error: Error) =>
      settled()
        .then(() => fail(error))
        .then(settled),
  };
};

test("a round sleeps until the time it told, never longer than the longest sleep and never so short that it is a busy loop", async () => {
  const at = hold(20);
  at.rounds.look();
  for (const [told, slept] of [
    [500, 500],
    [-3, 20],
    [Number.POSITIVE_INFINITY, 60_000],
  ] as const) {
    await at.end(told);
    expect(at.timers.at(-1)).toBe(slept);
    at.fire();
  }
  expect(at.began()).toBe(4);
});

test("who asks while a round is under way gets one more after it, however often it was asked for", async () => {
  const soon = hold(20);
  soon.rounds.look();
  for (let n = 0; n < 100; n += 1) soon.rounds.look();
  await soon.end(60_000);
  expect([soon.began(), soon.timers]).toEqual([1, [20]]);
  soon.fire();
  await soon.end(60_000);
  expect([soon.began(), soon.timers]).toEqual([2, [20, 60_000]]);

  const atOnce = hold(0);
  atOnce.rounds.look();
  atOnce.rounds.look();
  await atOnce.end(60_000);
  expect([atOnce.began(), atOnce.timers]).toEqual([2, []]);
});

test("a round that throws is told and tried again, and one that is stopped is waited for and is the last", async () => {
  const at = hold(20);
  at.rounds.look();
  await at.fail(new Error("The disk is full."));
  expect([at.errors.length, at.timers]).toEqual([1, [10_000]]);
  at.fire();
  let stopped = false;
  const stopping = at.rounds.stop().then(() => {
    stopped = true;
  });
  await null;
  expect(stopped).toBe(false);
  await at.end(5);
  await stopping;
  at.rounds.look();
  at.fire();
  expect([at.began(), at.timers.length]).toEqual([2, 1]);
});
