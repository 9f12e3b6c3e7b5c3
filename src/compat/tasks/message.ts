import { isoTime } from "#compat/iso-time.ts";
import type { FeedEvent } from "#core/event.ts";
import type { Form } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import type { Outcome, RunWithSteps } from "#core/run.ts";
import { together } from "#core/sentence.ts";
import { type TaskStatus, taskStatuses } from "./status.ts";
import { type TaskStep, taskSteps } from "./task.ts";

/** What every message of the WebSocket carries, whatever its type. */
interface About {
  /** The event's number in its run, without gaps. */
  id: number;
  task_id: string;
  timestamp: string;
  /** Status and percent are those of the moment at which the message is made. */
  status: TaskStatus;
  percent: number;
  /** The step that the event is about. */
  step?: TaskStep;
  /** The event as `GET /api/runs/:id/events` tells it. */
  event: FeedEvent;
}

/** One event of a run as a message: each event is exactly one. */
export type TaskMessage = About &
  (
    | { type: "progress" }
    | { type: "step_complete" }
    | { type: "approval_needed"; approval: TaskApproval }
    | { type: "task_complete"; result: Outcome | null }
    | { type: "task_error"; error: { step: string | null; code: string; message: string } }
    | { type: "task_stopped" }
  );

export interface TaskApproval {
  id: string;
  title: string;
  /** What will happen, in sentences. */
  description: string;
  risk_level?: "LOW" | "MEDIUM" | "HIGH";
  impact_summary?: string;
  /** False when it was answered since. */
  open: boolean;
  form: Form | null;
  /** Where the answer is posted to. */
  answer: string;
}

/** `at` is the run as it was after the event or later. */
export const taskMessage = (event: FeedEvent, at: RunWithSteps): TaskMessage => {
  const { run } = at;
  const step = taskSteps(run.state, at.steps).find((one) => one.id === event.stepId);
  const about: About = {
    id: event.n,
    task_id: event.runId,
    timestamp: isoTime(event.at),
    status: taskStatuses[run.state],
    percent: run.state === "completed" ? 100 : run.percentFloor,
    ...(step === undefined ? {} : { step }),
    event,
  };
  if (event.type === "step.state") {
    if (event.to === "completed" || event.to === "skipped") return { type: "step_complete", ...about };
    if (event.to === "asking") {
      return { type: "approval_needed", ...about, approval: approvalOf(event.stepId ?? "", at) };
    }
  }
  if (event.type === "run.state") {
    switch (event.to) {
      case "completed":
        return { type: "task_complete", ...about, result: run.outcome };
      case "failed":
        return { type: "task_error", ...about, error: errorOf(event.because, at) };
      case "cancelled":
      case "undone":
        return { type: "task_stopped", ...about };
      case "queued":
      case "running":
      case "waiting":
      case "asking":
      case "paused":
      case "undoing":
        break;
      default:
        return event satisfies never;
    }
  }
  return { type: "progress", ...about };
};

const approvalOf = (stepId: string, { run, steps }: RunWithSteps): TaskApproval => {
  const step = steps.find((one) => one.id === stepId);
  const open = step?.state === "asking";
  const fields = step?.form?.fields ?? [];
  const asked = fields.find((field) => field.kind === "approval");
  const notes = fields.flatMap((field) => (field.kind === "note" ? [field.text] : []));
  return {
    id: stepId,
    title: step?.title ?? stepId,
    description: [...(asked === undefined ? [] : [asked.what]), ...notes].join("\n"),
    ...(asked === undefined
      ? {}
      : { risk_level: riskLevels[asked.risk], impact_summary: together(asked.impact) }),
    open,
    form: open ? (step.form ?? null) : null,
    answer: routes.api.step.answer.href({ id: run.id, step: stepId }),
  };
};

const riskLevels = { low: "LOW", medium: "MEDIUM", high: "HIGH" } as const;

// A run that was retried since has no error any more; the event still knows why.
const errorOf = (because: string | undefined, { run: { error } }: RunWithSteps) =>
  error === null
    ? { step: null, code: "internal", message: because ?? "It failed." }
    : { step: error.stepId, code: error.code, message: error.message };
