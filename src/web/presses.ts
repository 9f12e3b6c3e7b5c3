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
export const createPresses = (clock: Pick<Clock, "after">) => {
  const answers = new Map<string, Promise<unknown>>();
  return {
    once: <T>(
      { sessionId, tokenId, person }: Pick<Identity, "sessionId" | "tokenId" | "person">,
      of: unknown,
      start: () => Promise<T>,
    ): Promise<T> => {
      if (of === null) return start();
      const press = createHash("sha256")
        .update(JSON.stringify([sessionId ?? tokenId ?? person.id, of]))
        .digest("base64");
      const before = answers.get(press) as Promise<T> | undefined;
      if (before !== undefined) return before;
      const answer = start();
      answers.set(press, answer);
      const forget = () => answers.delete(press);
      answer.then(() => clock.after(sameForMs, forget), forget);
      return answer;
    },
  };
};

export type Presses = ReturnType<typeof createPresses>;
