import type { DeliveryState, Follows, MessageKind, Wants } from "#core/notify.ts";
import type { Tone } from "#views/words.ts";

/** What a channel can be wanted for, in the order in which it is asked. */
export const wantWords: readonly { name: Exclude<keyof Wants, "overMs">; label: string }[] = [
  { name: "needs-you", label: "A run needs you" },
  { name: "failed", label: "A run failed" },
  { name: "finished", label: "A run is completed" },
  { name: "cancelled", label: "Somebody else cancelled or undid a run" },
  { name: "slow", label: "A run takes longer than usual or stands still" },
  { name: "live", label: "One message that follows the run" },
];

export const kindWords: Record<MessageKind, string> = {
  live: "Follows the run",
  "needs-you": "Needs you",
  failed: "Failed",
  finished: "Completed",
  cancelled: "Cancelled",
  slow: "Takes longer than usual",
  broken: "A channel is broken",
  digest: "What came meanwhile",
};

export const stateWords: Record<DeliveryState, { word: string; tone: Tone }> = {
  waiting: { word: "Waiting", tone: "waiting" },
  held: { word: "Held", tone: "waiting" },
  sending: { word: "On its way", tone: "waiting" },
  sent: { word: "Sent", tone: "good" },
  failed: { word: "Failed", tone: "bad" },
  dropped: { word: "Not needed", tone: "quiet" },
};

export const followWords: Record<Follows, string> = {
  mine: "Mine, and those that ask me",
  all: "All of them",
  none: "None of them",
};
