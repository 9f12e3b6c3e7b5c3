import fc from "fast-check";
import { expect } from "vitest";
import { isStepDone } from "#core/states.ts";
import { assertReplays } from "../assert-replays.ts";
import { deaths, deeds, type Lived, live } from "./live.ts";
import { type Misbehaving, misbehaving } from "./misbehaving.ts";

/** Lives through so many random runs; a failure prints the seed and path that make the same again. */
export const assertChaosHolds = (numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(misbehaving, deeds, deaths, async (plan, script, dying) =>
      assertPromises(plan, await live(plan, script, dying)),
    ),
    // Deaths and verbs come at times of the machine's own, so that shrinking would follow chance.
    { numRuns, endOnFailure: true },
  );

/** What holds of every run, whatever its author's functions did, whoever pressed what, and whenever the server died. */
const assertPromises = (plan: Misbehaving, lived: Lived): void => {
  const { end, rested, events, outside, again, faults } = lived;
  const { run, steps } = end;
  expect(faults).toEqual([]);
  expect({ rested, state: run.state, claimedBy: run.claimedBy }).toMatchObject({
    rested: true,
    claimedBy: null,
  });
  assertNumbers(lived);
  assertReplays(lived.commits, events, end);
  for (const [id, effects] of outside) {
    const told = events.filter(
      (event) => event.type === "step.state" && event.stepId === id && event.to === "running",
    );
    expect(effects, `${id}: effects ≤ attempts told`).toBeLessThanOrEqual(told.length);
    const step = plan.steps[Number(id.slice(1))];
    if (step?.kind === "do" && (step.claim === "none" || step.claim === "ask"))
      expect(effects, `${id}: never again unasked`).toBeLessThanOrEqual(1 + again);
  }
  for (const { id } of steps) assertFinishedOnce(lived, id);
  const underWay = steps.filter(({ state }) => ["running", "waiting", "asking"].includes(state));
  if (run.state === "completed") expect(steps.every((step) => isStepDone(step.state))).toBe(true);
  if (run.state === "failed") expect(run.error?.message).toMatch(/\w/);
  if (run.state === "asking") expect(underWay.map(({ form }) => form?.submit)).toEqual([expect.any(String)]);
  else if (run.state !== "paused") expect(underWay.map(({ id, state }) => `${id} ${state}`)).toEqual([]);
};

/** Events are numbered without gaps, and each tells a move from where the one before had led. */
const assertNumbers = ({ events, end: { run, steps } }: Lived): void => {
  expect(events.map(({ n }) => n)).toEqual(events.map((_, index) => index + 1));
  expect(run.lastEvent).toBe(events.length);
  let runAt = "queued";
  const stepAt = new Map(steps.map(({ id }) => [id, "pending"]));
  for (const event of events) {
    if (event.type === "run.state") {
      expect(event.from, `event ${event.n}`).toBe(runAt);
      runAt = event.to;
    }
    if (event.type === "step.state" && event.stepId !== undefined) {
      expect(event.from, `event ${event.n}`).toBe(stepAt.get(event.stepId));
      stepAt.set(event.stepId, event.to);
    }
  }
  expect(runAt).toBe(run.state);
  expect(Object.fromEntries(stepAt)).toEqual(Object.fromEntries(steps.map(({ id, state }) => [id, state])));
};

/** Between two completions of a step somebody went back. */
const assertFinishedOnce = ({ events }: Lived, id: string): void => {
  let finished = false;
  for (const event of events) {
    if (event.type !== "step.state" || event.stepId !== id) continue;
    if (event.to === "completed") expect(finished, `${id} completed again, event ${event.n}`).toBe(false);
    finished = event.to === "completed";
  }
};
