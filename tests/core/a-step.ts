import { type Step, untried } from "#core/step.ts";

/** A step as the store gives it, pending unless told otherwise. */
export const aStep = (id: string, over: Partial<Step> = {}): Step => ({
  runId: "run",
  id,
  position: 0,
  kind: "do",
  title: id,
  ...untried,
  result: null,
  weightMs: 1_000,
  skippable: null,
  undoable: false,
  ...over,
});
