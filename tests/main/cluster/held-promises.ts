import { expect } from "vitest";
import type { Event } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import type { FarSide, OpenCall } from "./far-side.ts";
import type { Follower } from "./followers.ts";

/** All that holds for a run that is over, its items' too, whatever happened meanwhile. */
export const assertHeld = (
  { run, steps }: RunWithSteps,
  events: readonly Event[],
  { far, lost }: { far: FarSide; lost: readonly OpenCall[] },
): void => {
  const numbers = events.map(({ n }) => n);
  expect(numbers).toEqual(numbers.map((_, place) => place + 1));
  for (const step of steps) {
    const moved = events.flatMap((event) =>
      event.type === "step.state" && event.stepId === step.id ? [event.to] : [],
    );
    const finished = moved.filter((to) => to === "completed").length;
    expect([run.id, step.id, finished]).toEqual([run.id, step.id, Math.min(finished, 1)]);
    if (step.kind !== "do") continue;
    const done = far.done.get(`${run.id}/${step.id}`) ?? 0;
    const told =
      moved.filter((to) => to === "running").length +
      events.filter((event) => event.type === "step.interrupted" && event.stepId === step.id).length;
    expect([run.id, step.id, done], `of ${told} attempts told`).toEqual([
      run.id,
      step.id,
      Math.min(done, told),
    ]);
    if (finished === 1) expect([run.id, step.id, done > 0]).toEqual([run.id, step.id, true]);
  }
  const recorded = JSON.stringify([steps, events]);
  for (const { serial } of lost.filter(({ key }) => key.startsWith(`${run.id}/`))) {
    expect(recorded).not.toContain(`"answer ${serial} came"`);
    expect(steps.map(({ result }) => result)).not.toContainEqual(String(serial));
  }
};

/** Whoever follows has each event once and in order, however often they changed nodes. */
export const assertFollowed = async (
  store: Store,
  followers: ReadonlyMap<string, Follower>,
): Promise<void> => {
  for (const [runId, follower] of followers) {
    const numbers = (await store.events(runId, 0, 10_000)).map(({ n }) => n);
    await expect.poll(() => follower.numbers, { timeout: 120_000, interval: 100 }).toEqual(numbers);
  }
};
