import type { FeedEvent } from "./event.ts";
import type { StepState } from "./states.ts";

/** What filled a stretch of a run's time. */
export const spanKinds = ["work", "wait", "retry", "ask", "pause", "away"] as const;
export type SpanKind = (typeof spanKinds)[number];

/** A stretch of a run's time, milliseconds since 1970. */
export interface Span {
  /** Null: of the whole run, which was paused or whose server was away. */
  stepId: string | null;
  kind: SpanKind;
  from: number;
  /** Null while it goes on. */
  to: number | null;
  /** Of the step; 0 where it is of none. */
  attempt: number;
}

const kindOf = (state: StepState, isRetry: boolean): SpanKind | null => {
  switch (state) {
    case "running":
      return "work";
    case "waiting":
      return isRetry ? "retry" : "wait";
    case "asking":
      return "ask";
    case "pending":
    case "completed":
    case "failed":
    case "skipped":
    case "undone":
      return null;
    default:
      return state satisfies never;
  }
};

/** How the steps of a run filled its time, from its events in order: every attempt, wait, question and pause. */
export const timelineOf = (events: readonly FeedEvent[]): Span[] => {
  const spans: Span[] = [];
  const open = new Map<string | null, Span>();
  let retried: string | null = null;
  const end = (stepId: string | null, at: number) => {
    const span = open.get(stepId);
    if (span === undefined) return;
    span.to = at;
    open.delete(stepId);
  };
  const begin = (span: Span) => {
    open.set(span.stepId, span);
    spans.push(span);
  };
  for (const event of events) {
    const { at } = event;
    switch (event.type) {
      case "step.retry":
        retried = event.stepId ?? null;
        break;
      case "step.state": {
        const stepId = event.stepId ?? "";
        end(stepId, at);
        const kind = kindOf(event.to, retried === stepId);
        retried = null;
        if (kind !== null) begin({ stepId, kind, from: at, to: null, attempt: event.attempt });
        break;
      }
      case "run.recovered":
        spans.push({ stepId: null, kind: "away", from: event.lastSignAt, to: at, attempt: 0 });
        break;
      case "run.state":
        if (event.to === "paused") begin({ stepId: null, kind: "pause", from: at, to: null, attempt: 0 });
        else if (event.from === "paused") end(null, at);
        break;
      default:
    }
  }
  // What began and ended with the same commit filled no time.
  return spans.filter(({ from, to }) => to === null || to > from);
};
