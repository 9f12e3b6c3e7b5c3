import type { AppError } from "#core/errors.ts";
import type { Waiting } from "#core/step.ts";

/** So many odd answers in a row, over so long a time, are no restart or maintenance page in between any more. */
const mostLooks = 5;
const mostMs = 120_000;

/**
 * What a wait remembers of the answers that were not understood, after one more look. An unreachable other side neither ends nor prolongs
 * a row of them.
 */
export const rememberOdd = (
  { understood, odd }: Waiting,
  error: AppError | null,
  at: number,
): Pick<Waiting, "understood" | "odd"> => {
  if (error === null) return { understood: true };
  const row = error.isOdd ? { looks: (odd?.looks ?? 0) + 1, since: odd?.since ?? at } : odd;
  return { ...(understood === true ? { understood } : {}), ...(row === undefined ? {} : { odd: row }) };
};

/** Whether a wait goes on after this error: what can pass, and an odd answer of somebody who was understood before, until it lasts. */
export const mayGoOn = (
  { canPass, isOdd }: AppError,
  { understood = false, odd }: Pick<Waiting, "understood" | "odd">,
  at: number,
): boolean =>
  canPass || (isOdd && understood && odd !== undefined && (odd.looks < mostLooks || at - odd.since < mostMs));

/** The word of such a look: that it was odd, and what came. */
export const wordOf = (error: AppError, { odd }: Pick<Waiting, "odd">): string =>
  error.canPass || odd === undefined || odd.looks === 0
    ? error.message
    : `${odd.looks === 1 ? "an odd answer" : `${odd.looks} odd answers in a row`}; looking on. ${error.message}`;
