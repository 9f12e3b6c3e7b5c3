import { expect, it } from "vitest";
import type { FeedEvent } from "#core/event.ts";
import { timelineOf } from "#core/timeline.ts";

const events = (...all: readonly (readonly [at: number, event: object])[]): FeedEvent[] =>
  all.map(([at, event], index) => ({ runId: "r", n: index + 1, at, ...event }) as FeedEvent);
const step = (stepId: string, from: string, to: string, attempt = 1) => ({
  type: "step.state",
  stepId,
  from,
  to,
  attempt,
});

it("has every attempt, wait, question and pause with its beginning and end, and what goes on without one", () => {
  const retry = {
    type: "step.retry",
    stepId: "a",
    code: "unreachable",
    message: "no",
    attempt: 1,
    nextAt: 9,
  };
  expect(
    timelineOf(
      events(
        [0, step("q", "pending", "asking")],
        [5, { type: "run.state", from: "asking", to: "paused" }],
        [7, { type: "run.state", from: "paused", to: "asking" }],
        [10, step("q", "asking", "completed")],
        [10, step("a", "pending", "running")],
        [14, retry],
        [14, step("a", "running", "waiting")],
        [20, step("a", "waiting", "running", 2)],
        [24, { type: "run.recovered", lastSignAt: 22 }],
        [30, step("a", "running", "completed", 2)],
        [30, step("n", "pending", "running")],
        [30, step("n", "running", "completed")],
        [30, step("w", "pending", "waiting")],
      ),
    ),
  ).toEqual([
    { stepId: "q", kind: "ask", from: 0, to: 10, attempt: 1 },
    { stepId: null, kind: "pause", from: 5, to: 7, attempt: 0 },
    { stepId: "a", kind: "work", from: 10, to: 14, attempt: 1 },
    { stepId: "a", kind: "retry", from: 14, to: 20, attempt: 1 },
    { stepId: "a", kind: "work", from: 20, to: 30, attempt: 2 },
    { stepId: null, kind: "away", from: 22, to: 24, attempt: 0 },
    { stepId: "w", kind: "wait", from: 30, to: null, attempt: 1 },
  ]);
});
