import { z } from "@hono/zod-openapi";
import type { LogLine } from "#core/event.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import { isoTime } from "./task-json.ts";
import { currentOf } from "./task-status.ts";

/** While what was made is removed again, the deployer that this one replaces always said this. */
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
  const step = steps[currentOf(run.state, steps)];
  const phase = phaseOf(step?.id);
  const about = {
    ...(origin === undefined ? {} : { url: origin }),
    resources: made,
    timestamps: {
      started: isoTime(run.startedAt ?? run.createdAt),
      ...(run.endedAt === null ? {} : { completed: isoTime(run.endedAt) }),
    },
  };
  const said = (message: string) => ({ message, currentStep: message });
  const error =
    run.error === null
      ? {}
      : {
          error: {
            phase: phaseOf(run.error.stepId ?? undefined),
            message: run.error.message,
            code: run.error.code,
          },
        };
  const under = { phase, status: "in_progress", progress: run.percentFloor, ...about } as const;
  const ended = { phase: "failed", status: "failure", ...about, ...error } as const;
  switch (run.state) {
    case "queued":
      return { ...under, ...said("Waiting for its turn") };
    case "running":
    case "waiting":
      return { ...under, ...said(step === undefined ? "" : doingNow(step)) };
    case "asking":
      return { ...under, ...said(`Waiting for an answer: ${step?.title ?? ""}`) };
    case "paused":
      return { ...under, ...said(`Paused before: ${step?.title ?? ""}`) };
    case "completed":
      return {
        ...about,
        phase: "completed",
        status: "success",
        progress: 100,
        ...said(run.outcome?.sentence ?? "Completed."),
      };
    case "undoing":
      return {
        ...under,
        ...error,
        phase: "rolling_back",
        progress: rollingBackPercent,
        ...said(undoingNow(steps)),
      };
    case "undone":
      return { ...ended, progress: rollingBackPercent, ...said("Rollback completed") };
    case "cancelled":
      return {
        ...ended,
        progress: run.percentFloor,
        error: { phase, message: "It was cancelled.", code: "cancelled" },
        ...said("Cancelled"),
      };
    case "failed":
      return { ...ended, progress: run.percentFloor, ...said(run.error?.message ?? "Deployment failed") };
    default:
      return run.state satisfies never;
  }
};

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
  total === null ? `${done} ${what}` : `${done} of ${total} ${what}`;

const undoingNow = (steps: readonly Step[]): string => {
  const undone = steps.filter(({ state }) => state === "undone").map(({ title }) => title);
  return undone.length === 0 ? "Rolling back" : `Rolling back: undone “${undone.join("”, “")}”`;
};
