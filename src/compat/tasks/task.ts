import { z } from "@hono/zod-openapi";
import { currentStep } from "#compat/current-step.ts";
import { isoTime } from "#compat/iso-time.ts";
import type { RunPicture } from "#core/picture.ts";
import type { RunState } from "#core/states.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { TimeLeft } from "#core/time-left/estimate.ts";
import { stepStatusesOf, type TaskStatus, type TaskStepStatus, taskStatuses } from "./status.ts";

/** What the task API needs to know of a step: a step of the store's or one of a picture. */
export type StepFacts = Pick<
  Step,
  | "id"
  | "kind"
  | "title"
  | "state"
  | "attempt"
  | "startedAt"
  | "endedAt"
  | "activeMs"
  | "share"
  | "substeps"
  | "detail"
  | "error"
>;

const time = z.string().openapi({ example: "2026-01-15T10:00:00.000Z" });
const percent = z.number().int();

const progressStep = z.object({
  order: z.number().int().openapi({ description: "1 for the first." }),
  name: z.string(),
  status: z.custom<TaskStepStatus>().openapi({
    type: "string",
    enum: ["pending", "running", "completed", "failed", "skipped", "paused", "approval", "rolled_back"],
  }),
  progress: percent.nullable().openapi({ description: "0 to 100; null while the step cannot tell." }),
  duration_ms: z
    .number()
    .optional()
    .openapi({ description: "Only when done; waiting for a person not counted." }),
  substeps: z.array(z.object({ name: z.string(), done: z.boolean() })).optional(),
});

/** A step in the list of steps and in messages. */
export const taskStepSchema = progressStep
  .extend({
    id: z.string(),
    attempt: z.number().int(),
    started_at: time.optional(),
    completed_at: time.optional(),
    detail: z.string().optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .openapi("TaskStep");
export type TaskStep = z.infer<typeof taskStepSchema>;

const statusSchema = z
  .custom<TaskStatus>()
  .openapi({ type: "string", enum: [...new Set(Object.values(taskStatuses))] });

export const taskProgressSchema = z
  .object({
    task_id: z.string(),
    title: z.string(),
    status: statusSchema,
    progress: percent,
    current_step: z.number().int(),
    total_steps: z.number().int(),
    started_at: time.nullable(),
    eta_seconds: z.number().int().nullable().openapi({ description: "Null while there is no estimate." }),
    steps: z.array(progressStep),
    error: z
      .object({ step: z.string().nullable(), code: z.string(), message: z.string() })
      .optional()
      .openapi({ description: "Why it failed; also while and after what it made is removed." }),
  })
  .openapi("TaskProgress");
export type TaskProgress = z.infer<typeof taskProgressSchema>;

/** A line of the list of tasks. */
export const taskSchema = taskProgressSchema
  .pick({
    title: true,
    status: true,
    progress: true,
    current_step: true,
    total_steps: true,
    started_at: true,
  })
  .extend({ id: z.string(), completed_at: time.nullable() })
  .openapi("Task");
export type Task = z.infer<typeof taskSchema>;

/** The progress of a run in the words of the task API. */
export const taskProgress = (picture: RunPicture): TaskProgress => ({
  task_id: picture.id,
  title: taskName(picture),
  status: taskStatuses[picture.state],
  progress: picture.percent,
  current_step: currentStep(picture.state, picture.steps) + 1,
  total_steps: picture.total,
  started_at: picture.startedAt === null ? null : isoTime(picture.startedAt),
  eta_seconds: etaSeconds(picture.timeLeft),
  steps: progressSteps(picture.state, picture.steps),
  ...errorOf(picture.error ?? picture.ended?.error ?? null),
});

const errorOf = (error: RunPicture["error"]): Pick<TaskProgress, "error"> =>
  error === null ? {} : { error: { step: error.stepId, code: error.code, message: error.message } };

/** All steps with all that is known of them. */
export const taskSteps = (state: RunState, steps: readonly StepFacts[]): TaskStep[] => {
  const shown = progressSteps(state, steps);
  return steps.flatMap((step, index) => {
    const progress = shown[index];
    if (progress === undefined) return [];
    return [
      {
        id: step.id,
        ...progress,
        attempt: step.attempt,
        ...(step.startedAt === null ? {} : { started_at: isoTime(step.startedAt) }),
        ...(step.endedAt === null ? {} : { completed_at: isoTime(step.endedAt) }),
        ...(step.detail === null ? {} : { detail: step.detail }),
        ...(step.error === null ? {} : { error: { code: step.error.code, message: step.error.message } }),
      },
    ];
  });
};

/** What a task is called: its workflow and what tells it from others of it. */
export const taskName = ({ title, subject }: { title: string; subject: string }): string =>
  subject === "" ? title : `${title}: ${subject}`;

/** ISO 8601 in UTC, as the task API writes times. */
const progressSteps = (state: RunState, steps: readonly StepFacts[]): TaskProgress["steps"] => {
  const statuses = stepStatusesOf(state, steps);
  return steps.map((step, index) => ({
    order: index + 1,
    name: step.title,
    status: statuses[index] ?? "pending",
    progress: progressOf(step),
    ...(isStepDone(step.state) ? { duration_ms: durationMs(step) } : {}),
    ...(step.substeps.length === 0
      ? {}
      : { substeps: step.substeps.map(({ name, state: at }) => ({ name, done: at === "completed" })) }),
  }));
};

const progressOf = ({ state, share }: StepFacts): number | null => {
  if (isStepDone(state)) return 100;
  if (state === "pending" || state === "asking" || state === "undone") return 0;
  return share === null ? null : Math.round(100 * share);
};

// A question takes a person's time, of which there is no active part.
const durationMs = ({ kind, activeMs, startedAt, endedAt }: StepFacts): number =>
  kind === "ask" && startedAt !== null && endedAt !== null ? endedAt - startedAt : activeMs;

const etaSeconds = (left: TimeLeft | null): number | null =>
  left === null ? null : Math.round(left.p50Ms / 1000);
