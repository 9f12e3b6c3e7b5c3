import type { Event } from "./event.ts";
import type { Run } from "./run.ts";
import type { Step } from "./step.ts";

/**
 * What of a run people may be told: it began, a step asks, its question was answered or asks no more, how it ended, and that it takes longer
 * than usual.
 */
export const noticeKinds = [
  "started",
  "needs-you",
  "answered",
  "failed",
  "finished",
  "cancelled",
  "undone",
  "slow",
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** One such fact, written with the event that it follows from, and gone when it has become what is sent to whom. */
export interface Notice {
  runId: string;
  /** The number of that event. */
  n: number;
  kind: NoticeKind;
  /** The step that asks or asked; null for the run as a whole. */
  stepId: string | null;
  /** When its question began (`attemptAt` of the step), which tells it from others of the same step. */
  asked: number | null;
  /** Who did it, where somebody did. */
  by: string | null;
  at: number;
}

interface Moment {
  run: Pick<Run, "ended" | "undoneAt">;
  steps: readonly Pick<Step, "id" | "attemptAt">[];
}

/** What of a commit people may be told; its run as it was before it and as it is after it. */
export const noticesOf = (events: readonly Event[], before: Moment, after: Moment): Notice[] =>
  events.flatMap((event): Notice[] => {
    const { runId, n, at } = event;
    const about = { runId, n, at, stepId: null, asked: null, by: null };
    if (event.type === "run.created") return [{ ...about, kind: "started", by: event.by }];
    if (event.type === "run.state") {
      const kind = endOf(event, before, after);
      return kind === null ? [] : [{ ...about, kind, by: kind === "failed" ? rejectorIn(events) : null }];
    }
    if (event.type !== "step.state" || !mayBeTold(event)) return [];
    const { stepId, by = null } = event;
    if (stepId === undefined) return [];
    const isAsked = event.to === "asking";
    const asked = (isAsked ? after : before).steps.find(({ id }) => id === stepId)?.attemptAt ?? null;
    return [{ ...about, kind: isAsked ? "needs-you" : "answered", stepId, asked, by }];
  });

/** Whether people may be told of what this event tells. */
export const mayBeTold = (event: Event): boolean => {
  if (event.type === "step.state")
    return event.from !== event.to && (event.from === "asking" || event.to === "asking");
  if (event.type === "run.state") return event.to === "undoing" || ends[event.to] !== undefined;
  return event.type === "run.created";
};

/** To which end a run came of which people do not know yet. */
const endOf = (
  { from, to }: Extract<Event, { type: "run.state" }>,
  before: Moment,
  after: Moment,
): NoticeKind | null => {
  // It failed, and what it made is removed by itself.
  if (to === "undoing" && from !== "failed" && before.run.ended === null)
    return after.run.ended?.state === "failed" ? "failed" : null;
  // An undoing that is over gives the run back the end that it had, of which people know; one that failed is news.
  if (from === "undoing" && to !== "undone" && after.run.undoneAt !== null) return null;
  return ends[to] ?? null;
};

/** Who ended a run by their answer. */
const rejectorIn = (events: readonly Event[]): string | null =>
  events.flatMap((event) =>
    event.type === "step.state" && event.from === "asking" && event.to === "failed" ? [event.by ?? null] : [],
  )[0] ?? null;

const ends: Partial<Record<Run["state"], NoticeKind>> = {
  failed: "failed",
  completed: "finished",
  cancelled: "cancelled",
  undone: "undone",
};
