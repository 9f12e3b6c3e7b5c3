import type { DoContext } from "./step-context.ts";

/** What a probe found after a step was cut off between its effect and its record. */
export type Probe<T> = { happened: true; result: T; checked: string } | { happened: false; checked: string };

export type Probing<I, R, T, K extends string> = (ctx: DoContext<I, R, K>) => Promise<Probe<T>>;

/**
 * What an author claims about doing a step once more when nobody knows whether it took effect: it only reads, it is safe because …, or a
 * probe looks whether it happened. Who claims nothing, or says "ask", has a person decide; such a step is never done again by itself.
 */
export type Claiming<I, R, T, K extends string> =
  | { readsOnly: true; safeBecause?: never; whenInterrupted?: never }
  | { safeBecause: string; whenInterrupted?: "again"; readsOnly?: never }
  | { whenInterrupted: Probing<I, R, T, K>; safeBecause?: never; readsOnly?: never }
  | { whenInterrupted?: "ask"; safeBecause?: never; readsOnly?: never };

/** A claim as the engine reads it. `because` is a whole sentence for people, and asserts no more than was claimed. */
export type Claim<P> = { again: true; because: string; probe: P | null } | { again: false; because: string };

/** The one reading of a do step's claim: whether it may be done again without a person, and why. */
export const claimOf = <P extends (...given: never) => unknown>(step: {
  readsOnly?: boolean;
  safeBecause?: string;
  whenInterrupted?: "again" | "ask" | P;
}): Claim<P> => {
  const { readsOnly, safeBecause, whenInterrupted } = step;
  if (readsOnly === true) return { again: true, because: "It only reads.", probe: null };
  if (typeof whenInterrupted === "function") {
    const because = "Before doing it again, Milepost looks whether it already happened.";
    return { again: true, because, probe: whenInterrupted };
  }
  if (safeBecause !== undefined) return { again: true, because: safeBecause, probe: null };
  return {
    again: false,
    because:
      whenInterrupted === "ask"
        ? "Whether it took effect cannot be checked from here, and doing it twice may do harm. So a person decides."
        : "Whether it took effect is not known, nor whether doing it again is harmless. So a person decides.",
  };
};
