import type { FeedEvent, LogLine } from "#core/event.ts";
import { evil, long, now } from "./steps.ts";

const line = (n: number, text: string, level: LogLine["level"] = "info"): LogLine => ({
  n,
  at: now - 60_000 + n * 900,
  stepId: "step-5",
  attempt: 1,
  level,
  text,
});

export const log: readonly LogLine[] = [
  line(1, "GET /v1/analyses/botify-org/example.com/light?page=1"),
  line(2, "200 in 0.31 s, 12 analyses"),
  line(3, "POST /v1/jobs"),
  line(4, "201 in 0.52 s, job 184467"),
  line(5, `The other side asked for a pause of 2 s (429)`, "warn"),
  line(6, `Title of a page: ${evil}`),
  line(7, `${long}?a=1&b=2`, "error"),
  ...Array.from({ length: 40 }, (_, at) => line(8 + at, `GET /v1/jobs/184467: PROCESSING (look ${at + 1})`)),
];

const event = (n: number, body: object): FeedEvent =>
  ({ runId: "r1", n, at: now - 200_000 + n * 4000, ...body }) as FeedEvent;

export const events: readonly FeedEvent[] = [
  event(1, { type: "run.created", by: "admin" }),
  event(2, { type: "run.state", from: "queued", to: "running" }),
  event(3, { type: "step.state", stepId: "step-1", from: "pending", to: "asking", attempt: 1 }),
  event(4, {
    type: "step.state",
    stepId: "step-1",
    from: "asking",
    to: "completed",
    attempt: 1,
    detail: evil,
  }),
  event(5, {
    type: "step.retry",
    stepId: "step-5",
    code: "unreachable",
    message: "The server did not answer.",
    attempt: 1,
    nextAt: now,
  }),
  event(6, { type: "run.rewound", stepId: "step-1", by: "admin", cleared: ["step-5"] }),
  event(7, { type: "step.state", stepId: "step-5", from: "completed", to: "pending", attempt: 0 }),
  event(8, { type: "step.detail", stepId: "step-5", detail: null }),
  event(9, { type: "step.look", stepId: "step-6", word: "PROCESSING", looks: 14, nextAt: now }),
  event(10, { type: "run.state", from: "running", to: "paused" }),
];
