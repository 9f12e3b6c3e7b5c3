import { z } from "@hono/zod-openapi";
import { isoTime } from "#compat/iso-time.ts";
import type { FeedEvent } from "#core/event.ts";

export const attemptSchema = z
  .object({
    attempt: z.number().int(),
    started_at: z.string(),
    completed_at: z.string().nullable(),
    duration_ms: z.number().nullable().openapi({ description: "From begin to end, waiting included." }),
    status: z.enum(["running", "completed", "failed", "skipped", "retried", "cancelled"]),
    message: z.string().optional().openapi({ description: "Why it failed." }),
  })
  .openapi("TaskStepAttempt");
export type Attempt = z.infer<typeof attemptSchema>;

/** Every try of every step, by step id, oldest first, from a run's events in order. A try that goes on has no end. */
export const attemptsOf = (events: readonly FeedEvent[]): ReadonlyMap<string, readonly Attempt[]> => {
  const byStep = new Map<string, Attempt[]>();
  const begunAt = new Map<Attempt, number>();
  for (const event of events) {
    const { stepId, at } = event;
    if (stepId === undefined) continue;
    const attempts = byStep.get(stepId) ?? [];
    byStep.set(stepId, attempts);
    const last = attempts.at(-1);
    const open = last?.status === "running" ? last : undefined;
    const end = (status: Attempt["status"]) => {
      if (open === undefined) return;
      open.status = status;
      open.completed_at = isoTime(at);
      open.duration_ms = at - (begunAt.get(open) ?? at);
    };
    if (event.type === "step.retry" || event.type === "step.failed") {
      if (open !== undefined) open.message = event.message;
      if (event.type === "step.retry") end("retried");
    }
    if (event.type !== "step.state") continue;
    const { from, to, attempt } = event;
    if (to === "completed" || to === "failed" || to === "skipped") end(to);
    // A question that was withdrawn is as it was before it was asked.
    if (to === "pending") end("cancelled");
    // A step that waits for its next try goes from running to waiting: that is no try of its own.
    const begins = to === "running" || (from !== "running" && (to === "waiting" || to === "asking"));
    if (!begins || open?.attempt === attempt) continue;
    // One that was cut off is done once more.
    end("retried");
    const begun: Attempt = {
      attempt,
      started_at: isoTime(at),
      completed_at: null,
      duration_ms: null,
      status: "running",
    };
    attempts.push(begun);
    begunAt.set(begun, at);
  }
  return byStep;
};
