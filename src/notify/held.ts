import type { Channel, Delivery, MessageKind, TellingPreferences } from "#core/notify.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import { quietUntil } from "./quiet.ts";

/** What decides whether a message that is due is sent. */
export interface Due {
  delivery: Pick<Delivery, "kind" | "stepId" | "asked" | "createdAt">;
  at: RunWithSteps;
  wants: Channel["wants"];
  said: TellingPreferences;
  /** Its person has the page of the run open. */
  isWatched: boolean;
  /** How long the run takes in all, as far as that is known while it is under way. Milliseconds. */
  expectedMs: number | null;
  now: number;
}

/** Sent, no more (with the reason), or not before a time. */
export type Verdict = "send" | { drop: string } | { until: number; because: string };

const whileWatchedMs = 10_000;
const whilePausedMs = 60_000;

/** Why something waits that quiet hours hold. */
export const becauseQuiet = "These are your quiet hours.";

/** Until when quiet hours hold a message of this kind; null: it is sent now. */
export const quietFor = (kind: MessageKind, said: TellingPreferences, now: number): number | null => {
  const isUrgent = kind === "needs-you" || kind === "broken";
  return isUrgent && said.urgentBreaksQuiet ? null : quietUntil(said, now);
};

/**
 * Whether a new message is sent, quiet hours aside. It was true when it was written; here it is looked at whether it still is, and whether now is
 * the time.
 */
export const verdictOn = (due: Due): Verdict => {
  const stale = staleness(due);
  if (stale !== null) return { drop: stale };
  const { delivery, said, now, isWatched, at } = due;
  if (isWatched && said.onlyUnwatched) {
    // A question is told as soon as they look away; all else they have seen.
    if (delivery.kind === "needs-you" || delivery.kind === "live")
      return { until: now + whileWatchedMs, because: "You have its page open." };
    return { drop: "You had its page open." };
  }
  if (delivery.kind === "needs-you" && at.run.state === "paused")
    return { until: now + whilePausedMs, because: "The run is paused, and nothing of it can be answered." };
  return tooShort(due) ?? "send";
};

/** Whether the question that a message is about is still open. */
export const isOpen = (
  { stepId, asked }: Pick<Delivery, "stepId" | "asked">,
  { steps }: RunWithSteps,
): boolean => steps.some((step) => step.id === stepId && step.state === "asking" && step.attemptAt === asked);

const staleness = ({ delivery, at }: Due): string | null => {
  const { state } = at.run;
  switch (delivery.kind) {
    case "needs-you":
      return isOpen(delivery, at) ? null : "It was answered, or asked no more, before this was sent.";
    case "failed":
      return state === "failed" || (state === "undoing" && at.run.ended?.state === "failed")
        ? null
        : "It went on before this was sent.";
    case "finished":
      return state === "completed" ? null : "It went on before this was sent.";
    case "cancelled":
      return state === "cancelled" || state === "undone" ? null : "It went on before this was sent.";
    case "live":
    case "slow":
      return isOver(state) ? "It was over before this was sent." : null;
    case "broken":
    case "digest":
      return null;
    default:
      return delivery.kind satisfies never;
  }
};

const tooShort = ({
  delivery,
  at: { run },
  wants,
  expectedMs,
  now,
}: Due): Exclude<Verdict, "send"> | null => {
  const { overMs } = wants;
  if (delivery.kind === "finished") {
    const tookMs = (run.endedAt ?? now) - run.createdAt;
    return tookMs < overMs ? { drop: "It took less time than you want to be told of." } : null;
  }
  if (delivery.kind !== "live" || (expectedMs ?? 0) >= overMs) return null;
  const until = run.createdAt + overMs;
  return now < until ? { until, because: "It may be over before you want to be told of it." } : null;
};
