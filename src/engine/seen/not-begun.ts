import { type Step, untried } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { newStep } from "#engine/verbs/start.ts";

/** A step of a run that has not begun. */
export const notBegun = (definition: StepDefinition, position: number): Step => ({
  ...untried,
  ...newStep(definition),
  runId: "",
  position,
  result: null,
});
