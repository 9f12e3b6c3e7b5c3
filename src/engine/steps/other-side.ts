import type { Paused, Step } from "#core/step.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Results, StepDefinition } from "#core/workflow.ts";
import { type Called, callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import type { Stopped } from "#engine/moves/stop.ts";
import { words } from "#engine/shapes.ts";
import { createLogIntake } from "./log-intake.ts";
import { waitContext } from "./wait-context.ts";

type WaitDefinition = Extract<StepDefinition, { kind: "wait" }>;

/** Asks the other side to stop, where the step knows how; gives what the receipt says of it. */
export const cancelWait = async (
  claim: Claim,
  step: Step,
  definition: WaitDefinition,
): Promise<Pick<Stopped, "unconfirmed" | "note">> => {
  const { onCancel } = definition;
  if (onCancel === undefined || step.waiting?.for !== "look") return { unconfirmed: null };
  const called = await tellOtherSide(claim, step, definition, "onCancel", onCancel.bind(definition));
  return called.kind === "value"
    ? { unconfirmed: null, note: called.value }
    : { unconfirmed: `What goes on elsewhere could not be stopped: ${whyNot(called)}` };
};

/** Pauses what goes on elsewhere, where the step knows how, and says what is so meanwhile. Undefined: nobody claimed anything. */
export const pauseWait = async (
  claim: Claim,
  step: Step,
  definition: WaitDefinition,
): Promise<Paused | undefined> => {
  const { whilePaused } = definition;
  if (whilePaused === undefined || step.waiting?.for !== "look") return undefined;
  if (typeof whilePaused === "string") return goesOn(whilePaused);
  const called = await tellOtherSide(
    claim,
    step,
    definition,
    "whilePaused.stop",
    whilePaused.stop.bind(whilePaused),
  );
  if (called.kind === "value") return { sentence: called.value, stopped: true };
  return {
    sentence: `Milepost does not look. What goes on elsewhere could not be paused and may go on: ${whyNot(called)}`,
    stopped: false,
  };
};

/** What is told of a paused wait whose other side is known to go on. */
export const goesOn = (sentence: string): Paused => ({
  sentence: `Milepost does not look. ${sentence}`,
  stopped: false,
});

const tellOtherSide = (
  claim: Claim,
  step: Step,
  { stopWithinMs }: WaitDefinition,
  name: string,
  run: (ctx: WaitContext<unknown, Results>) => Promise<string>,
): Promise<Called<string>> => {
  const { parts } = claim;
  const { waiting } = step;
  if (waiting === null) throw new Error(`step ${step.id} waits for nothing`);
  return callAuthor(parts, {
    of: step.title,
    name,
    shape: words,
    limitMs: Math.max(2 * parts.stopGraceMs, stopWithinMs ?? 0),
    graceMs: 0,
    run: (own) => run(waitContext(claim, step, waiting, own, createLogIntake())),
  });
};

const whyNot = (called: Exclude<Called<string>, { kind: "value" }>): string =>
  called.kind === "error" ? called.error.message : "it did not answer in time.";
