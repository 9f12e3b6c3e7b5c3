import { createHash } from "node:crypto";
import type { Identity } from "#core/accounts.ts";
import type { Clock } from "#core/clock.ts";

/** A second press of the same button within so long after the first was answered is the same press: its answer may still be on its way. */
const sameForMs = 5_000;

/**
 * Whoever presses a button twice because the line is slow means one run. What is pressed once more, by the same browser with the same values, while
 * the first is under way or has just been answered, gives what that one gave; a press that was refused counts as none. `of` null: the form does
 * not ask for that.
 */
export const createPresses = (clock: Pick<Clock, "now">) => {
  const presses = new Map<string, { answer: Promise<unknown>; answeredAt: number | null }>();
  return {
    once: <T>(
      { sessionId, tokenId, person }: Pick<Identity, "sessionId" | "tokenId" | "person">,
      of: unknown,
      start: () => Promise<T>,
    ): Promise<T> => {
      if (of === null) return start();
      for (const [key, { answeredAt }] of presses)
        if (answeredAt !== null && Math.abs(clock.now() - answeredAt) > sameForMs) presses.delete(key);
      const key = createHash("sha256")
        .update(JSON.stringify([sessionId ?? tokenId ?? person.id, of]))
        .digest("base64");
      const before = presses.get(key);
      if (before !== undefined) return before.answer as Promise<T>;
      const press = { answer: start(), answeredAt: null as number | null };
      presses.set(key, press);
      press.answer.then(
        () => {
          press.answeredAt = clock.now();
        },
        () => presses.delete(key),
      );
      return press.answer;
    },
  };
};

export type Presses = ReturnType<typeof createPresses>;
