import type { Change } from "#core/change.ts";
import { AppError } from "#core/errors.ts";
import type { RunWithSteps } from "#core/run.ts";
import { GoBack, Reject } from "#core/special-answers.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { resultsOf } from "./context.ts";
import { findWorkflow } from "./definition.ts";
import type { EngineDeps } from "./deps.ts";
import { failedChange } from "./ends.ts";
import { goneBack } from "./go-back.ts";
import { rolledBack } from "./roll-back.ts";
import { findStep } from "./verb.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/** What follows from an answer, a person's or the one that holds when nobody answered in time (`by` null). */
export const answeredChange = (
  { workflows }: Pick<EngineDeps, "workflows">,
  now: RunWithSteps,
  step: Step,
  definition: AskDefinition,
  given: unknown,
  by: string | null,
  at: number,
): Change => {
  if (given instanceof GoBack) {
    const who = by ?? "Milepost";
    return goneBack(
      now,
      findStep(now, given.to),
      `${who} went back, so what was made since is removed`,
      who,
      at,
    );
  }
  if (given instanceof Reject) {
    const sentence =
      by === null
        ? `Nobody answered “${step.title}” in time, so it counts as rejected.`
        : `${by} rejected “${step.title}”${given.reason === "" ? "." : `: ${given.reason}`}`;
    return rolledBack(workflows, now, failedChange(now, step, new AppError("rejected", sentence), at), at);
  }
  const told = definition.detail?.(given) ?? null;
  const detail = by === null ? `Nobody answered in time. ${told ?? ""}`.trim() : told;
  const { subject } = findWorkflow(workflows, now.run.workflowId).start;
  return {
    run: {
      state: "queued",
      wakeAt: at,
      subject: subject(now.run.input, { ...resultsOf(now.steps), [step.id]: given }),
    },
    steps: [
      {
        id: step.id,
        patch: {
          state: "completed",
          result: given ?? null,
          detail,
          endedAt: at,
          form: null,
          error: null,
          waiting: null,
        },
      },
    ],
    events: [
      {
        type: "step.state",
        stepId: step.id,
        from: "asking",
        to: "completed",
        attempt: step.attempt,
        ...(by === null ? {} : { by }),
        ...(detail === null ? {} : { detail }),
      },
      { type: "run.state", from: now.run.state, to: "queued" },
    ],
  };
};
