import type { Size } from "#core/run.ts";
import type { Results, Workflow } from "#core/workflow.ts";
import { callAuthor } from "./author.ts";
import type { Claim } from "./claim.ts";
import { workflowOf } from "./definition.ts";
import type { EngineParts } from "./parts.ts";
import { sizeOrNone } from "./shapes.ts";
import { resultsOf } from "./steps/context.ts";

/** Keeps how much the run has to do, where what is done by now tells it. */
export const sizeUp = async (claim: Claim): Promise<void> => {
  const { run, steps } = claim.at();
  const flow = workflowOf(claim.parts.workflows, run);
  if (flow.size === undefined) return;
  const size = await sizeOf(claim.parts, flow, run.input, resultsOf(steps));
  if (size?.count === run.size?.count && size?.what === run.size?.what) return;
  await claim.record(() => ({ run: { size } }));
};

/** How much there is to do, as the workflow says; null where it cannot tell. No estimate is worth a failed run, so what it throws is only logged. */
export const sizeOf = async (
  parts: Pick<EngineParts, "clock" | "log" | "limits">,
  flow: Workflow,
  input: unknown,
  results: Results,
): Promise<Size | null> => {
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
