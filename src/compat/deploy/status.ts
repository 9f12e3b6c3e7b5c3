import { z } from "@hono/zod-openapi";
import { currentStep } from "#compat/current-step.ts";
import { isoTime } from "#compat/iso-time.ts";
import type { LogLine } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";

/** While what was made is removed again, the deployer that this one replaces said this; what was told before is never taken back. */
const rollingBackPercent = 95;

/** The phases of a deployment; each step of the workflow is one, with dashes in its id. */
export const deployPhases = [
  "initializing",
  "creating_project",
  "getting_environment",
  "creating_application",
  "configuring_application",
  "creating_domain",
  "deploying",
  "verifying_health",
  "completed",
  "rolling_back",
  "failed",
] as const;

const resources = z.object({
  projectId: z.string().optional(),
  environmentId: z.string().optional(),
  applicationId: z.string().optional(),
  domainId: z.string().optional(),
});
/** What the steps of the workflow hand on; each knows some of it. */
const found = resources.extend({ origin: z.string().optional() });

export const deployStatusSchema = z
  .object({
    phase: z.string().openapi({ enum: [...deployPhases] }),
    status: z.enum(["in_progress", "success", "failure"]),
    progress: z.number().int(),
    message: z.string(),
    currentStep: z.string(),
    url: z.string().optional(),
    resources,
    error: z.object({ phase: z.string(), message: z.string(), code: z.string() }).optional(),
    timestamps: z.object({ started: z.string(), completed: z.string().optional() }),
  })
  .openapi("DeployStatus");
export type DeployStatus = z.infer<typeof deployStatusSchema>;

/** A run of the workflow “deploy-stack” in the words of the deployer that it replaces. */
export const deployStatus = ({ run, steps }: RunWithSteps): DeployStatus => {
  const { origin, ...made } = madeBy(steps);
  const step = steps[currentStep(run.state, steps)];
  const phase = phaseOf(step?.id);
  const tell = (
    { phase, status, progress }: Pick<DeployStatus, "phase" | "status" | "progress">,
    message: string,
    error: DeployStatus["error"] = undefined,
  ): DeployStatus => ({
    phase,
    status,
    progress,
    message,
    currentStep: message,
    ...(origin === undefined ? {} : { url: origin }),
    resources: made,
    ...(error === undefined ? {} : { error }),
    timestamps: {
      started: isoTime(run.startedAt ?? run.createdAt),
      ...(run.endedAt === null ? {} : { completed: isoTime(run.endedAt) }),
    },
  });
  const under = { phase, status: "in_progress", progress: run.percentFloor } as const;
  const failed = { phase: "failed", status: "failure", progress: run.percentFloor } as const;
  switch (run.state) {
    case "queued":
      return tell(under, "Waiting for its turn");
    case "running":
    case "waiting":
      return tell(under, step === undefined ? "" : doingNow(step));
    case "asking":
      return tell(under, `Waiting for an answer: ${step?.title ?? ""}`);
    case "paused":
      return tell(under, `Paused: ${step?.title ?? ""}`);
    case "completed":
      return tell(
        { phase: "completed", status: "success", progress: 100 },
        run.outcome?.sentence ?? "Completed.",
      );
    case "undoing":
      return tell(
        {
          phase: "rolling_back",
          status: "in_progress",
          progress: Math.max(rollingBackPercent, run.percentFloor),
        },
        undoingNow(steps),
        errorOf(run),
      );
    case "undone":
      return tell(
        { ...failed, progress: Math.max(rollingBackPercent, run.percentFloor) },
        "Rollback completed",
        errorOf(run),
      );
    case "cancelled":
      return tell(failed, "Cancelled", { phase, message: "It was cancelled.", code: "cancelled" });
    case "failed":
      if (run.undoneAt !== null)
        return tell(
          { ...failed, progress: Math.max(rollingBackPercent, run.percentFloor) },
          "Rollback completed",
          errorOf(run),
        );
      return tell(failed, run.error?.message ?? "Deployment failed", errorOf(run));
    default:
      return run.state satisfies never;
  }
};

const errorOf = ({ error }: RunWithSteps["run"]): DeployStatus["error"] =>
  error === null
    ? undefined
    : { phase: phaseOf(error.stepId ?? undefined), message: error.message, code: error.code };

/** A log line as a status read by GET has it. */
export const deployLog = ({ at, level, stepId, text }: LogLine) => ({
  timestamp: isoTime(at),
  phase: phaseOf(stepId),
  level,
  message: text,
});

const phaseOf = (stepId: string | undefined): string => (stepId ?? "initializing").replaceAll("-", "_");

const madeBy = (steps: readonly Step[]): z.infer<typeof found> => {
  const made: z.infer<typeof found> = {};
  for (const step of steps) {
    if (!isStepDone(step.state) && step.state !== "undone") continue;
    const result = found.safeParse(step.result);
    if (result.success) Object.assign(made, result.data);
  }
  return made;
};

const doingNow = ({ title, detail, progress, waiting, substeps }: Step): string => {
  const word =
    waiting?.word ??
    substeps.find(({ state }) => state === "running")?.name ??
    (progress === null ? detail : progressWords(progress));
  return word === null || word === "" ? title : `${title}: ${word}`;
};

const progressWords = ({ done, total, what }: NonNullable<Step["progress"]>): string =>
  total !== null ? `${done} of ${total} ${what}` : done === 0 ? what : `${done} ${what}`;

const undoingNow = (steps: readonly Step[]): string => {
  const undone = steps.filter(({ state }) => state === "undone").map(({ title }) => title);
  return undone.length === 0 ? "Rolling back" : `Rolling back: undone “${undone.join("”, “")}”`;
};
