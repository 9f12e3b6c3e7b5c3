import fc from "fast-check";
import { expect, test } from "vitest";
import { isDriven, isOver, mayRunMove, mayStepMove, runStates, stepStates } from "#core/states.ts";

test("from every state of a run that is not over, cancelling or undoing ends it", () => {
  for (const state of runStates) {
    if (isOver(state)) continue;
    const ends = state === "undoing" ? mayRunMove(state, "undone") : mayRunMove(state, "cancelled");
    expect(ends, state).toBe(true);
  }
});

test("a run that is over is never driven, and a driven one is never over", () => {
  for (const state of runStates) expect(isOver(state) && isDriven(state), state).toBe(false);
});

test("a completed step is only ever cleared or undone, never run again in place", () => {
  for (const to of stepStates) {
    expect(mayStepMove("completed", to), to).toBe(to === "completed" || to === "pending" || to === "undone");
  }
});

test("every state can be reached from the first one", () => {
  const reach = <S extends string>(first: S, all: readonly S[], may: (from: S, to: S) => boolean) => {
    const seen = new Set<S>([first]);
    for (let before = 0; before !== seen.size; ) {
      before = seen.size;
      for (const from of [...seen]) for (const to of all) if (may(from, to)) seen.add(to);
    }
    return seen;
  };
  expect(reach("queued", runStates, mayRunMove).size).toBe(runStates.length);
  expect(reach("pending", stepStates, mayStepMove).size).toBe(stepStates.length);
  fc.assert(fc.property(fc.constantFrom(...runStates), (state) => mayRunMove(state, state)));
});
