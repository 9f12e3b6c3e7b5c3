import type { Delivery, DeliveryPatch, MessageKind } from "#core/notify.ts";
import type { Outcome } from "./channel.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long after each try that failed the next one comes; then as the last one. About three days in all, as Standard Webhooks has it. */
const pausesMs = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  ...[1, 2, 4, 8, 8, 8, 8, 8, 8, 8].map((hours) => hours * hour),
];

/** What must reach people even where it then reaches them twice, such as a digest with a question in it; of all else a message that may have arrived is not sent again. */
const atLeastOnce: ReadonlySet<MessageKind> = new Set(["needs-you", "failed", "broken", "digest"]);

/** Whether a message that may have arrived is sent once more. */
export const isRepeated = (kind: MessageKind, idempotent: boolean): boolean =>
  idempotent || atLeastOnce.has(kind);

interface Given {
  idempotent: boolean;
  now: number;
  /** 0 to 1. */
  random(): number;
}

/** What becomes of a delivery that was on its way; `attempts` counts this one. */
export const settle = (
  { kind, attempts }: Pick<Delivery, "kind" | "attempts">,
  outcome: Outcome,
  { idempotent, now, random }: Given,
): DeliveryPatch => {
  const again = (because: string, afterMs: number | null): DeliveryPatch => {
    const pauseMs = pausesMs[attempts - 1];
    if (pauseMs === undefined) return { state: "failed", nextAt: null, because };
    // Never before the other side said so, and not all at the same moment.
    const spread = 1 + random() / 5;
    return { state: "waiting", nextAt: now + Math.round((afterMs ?? pauseMs) * spread), because };
  };
  switch (outcome.was) {
    case "delivered":
      return { state: "sent", nextAt: null, remote: outcome.remote, because: null, sentAt: now };
    case "ambiguous":
      return isRepeated(kind, idempotent)
        ? again(outcome.because, null)
        : { state: "failed", nextAt: null, because: `${outcome.because} ${mayHaveArrived}` };
    case "later":
      return again(outcome.because, outcome.afterMs);
    case "dead":
      return outcome.moved === undefined
        ? { state: "failed", nextAt: null, because: outcome.because }
        : { state: "waiting", nextAt: now, because: outcome.because };
    case "refused":
      return { state: "failed", nextAt: null, because: outcome.because };
    default:
      return outcome satisfies never;
  }
};

/** The end of a sentence about a message that is not sent once more. */
export const mayHaveArrived = "It may have arrived, so it was not sent again.";

/** What becomes of an edit. What a message shows later anyway is not worth many tries. */
export const settleEdit = (
  { attempts }: Pick<Delivery, "attempts">,
  outcome: Outcome | { was: "gone" },
  { now, random }: Omit<Given, "idempotent">,
): DeliveryPatch => {
  switch (outcome.was) {
    case "delivered":
      return { remote: outcome.remote, because: null };
    case "gone":
      return { remote: null };
    case "ambiguous":
    case "later": {
      const pauseMs = pausesMs[attempts];
      if (pauseMs === undefined) return { because: outcome.because };
      const afterMs = outcome.was === "later" ? outcome.afterMs : null;
      return {
        nextAt: now + Math.round((afterMs ?? pauseMs) * (1 + random() / 5)),
        attempts: attempts + 1,
        because: outcome.because,
      };
    }
    case "dead":
    case "refused":
      return { because: outcome.because };
    default:
      return outcome satisfies never;
  }
};
