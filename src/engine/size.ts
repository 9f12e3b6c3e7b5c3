import type { RunWithSteps, Size } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Results, Workflow } from "#core/workflow.ts";
import { callAuthor } from "./author.ts";
import type { Claim } from "./claim.ts";
import { workflowOf } from "./definition.ts";
import type { Move } from "./moves/move.ts";
import type { EngineParts } from "./parts.ts";
import { sizeOrNone } from "./shapes.ts";
import { resultsOf } from "./steps/context.ts";

/** Keeps how much the run has to do, where what is done by now tells it. */
export const sizeUp = async (claim: Claim): Promise<void> => {
  const move = claim.isSized ? {} : await sizeAt(claim.parts, claim.at());
  claim.isSized = false;
  if (move.run !== undefined) await claim.record(() => move);
};

/** What changes of that in a run that stands so, and has something left to do. */
export const sizeAt = async (
  parts: Pick<EngineParts, "clock" | "log" | "limits" | "workflows">,
  { run, steps }: RunWithSteps,
): Promise<Pick<Move, "run">> => {
  if (steps.every(({ state }) => isStepDone(state))) return {};
  const flow = workflowOf(parts.workflows, run);
  const size = await sizeOf(parts, flow, run.input, resultsOf(steps));
  return size?.count === run.size?.count && size?.what === run.size?.what ? {} : { run: { size } };
};

/** How much there is to do, as the workflow says; null where it cannot tell. No estimate is worth a failed run, so what it throws is only logged. */
export const sizeOf = async (
  parts: Pick<EngineParts, "clock" | "log" | "limits">,
  flow: Workflow,
  input: unknown,
  results: Results,
): Promise<Size | null> => {
  if (flow.size === undefined) return null;
  const called = await callAuthor(parts, {
    of: flow.title,
    name: "size",
    shape: sizeOrNone,
    limitMs: parts.limits.words,
    graceMs: 0,
    run: () => flow.size?.(input, results),
  });
  if (called.kind === "value") return called.value;
  if (called.kind === "error") parts.log.warn({ err: called.error, workflowId: flow.id }, "no size is known");
  return null;
};
