import { createHash } from "node:crypto";
import type { Identity } from "#core/accounts.ts";
import type { Clock } from "#core/clock.ts";
import type { Moments } from "#core/moments.ts";

/** A second press of the same button within so long after the first was answered is the same press: its answer may still be on its way. */
const sameForMs = 5_000;

/**
 * Whoever presses a button twice because the line is slow means one run. What is pressed once more, by the same browser with the same values, while
 * the first is under way or has just been answered, gives what that one gave; a press that was refused counts as none. `of` null: the form does
 * not ask for that.
 */
export const createPresses = (clock: Pick<Clock, "now" | "after">, moments: Moments | null) => {
  const presses = new Map<string, { answer: Promise<Started>; answeredAt: number | null }>();
  return {
    once: (
      { sessionId, tokenId, person }: Pick<Identity, "sessionId" | "tokenId" | "person">,
      of: unknown,
      start: () => Promise<Started>,
    ): Promise<Started> => {
      if (of === null) return start();
      for (const [key, { answeredAt }] of presses)
        if (answeredAt !== null && Math.abs(clock.now() - answeredAt) > sameForMs) presses.delete(key);
      const key = createHash("sha256")
        .update(JSON.stringify([sessionId ?? tokenId ?? person.id, of]))
        .digest("base64");
      const before = presses.get(key);
      if (before !== undefined) return before.answer;
      const answer = moments === null ? start() : amongAll(moments, clock, `press ${key}`, start);
      const press = { answer, answeredAt: null as number | null };
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

/** The run that a press led to. */
interface Started {
  runId: string;
}

/** The same among processes, where the second press may have reached another one. */
const amongAll = async (
  moments: Moments,
  clock: Pick<Clock, "after">,
  key: string,
  start: () => Promise<Started>,
): Promise<Started> => {
  for (;;) {
    const said = await moments.agree<Known, Known | null>(key, (known) =>
      known === null ? { know: "under way", forMs: underWayMs, says: null } : { says: known },
    );
    if (said === null) break;
    if (said !== "under way") return said;
    await new Promise<void>((resolve) => clock.after(lookEveryMs, resolve));
  }
  try {
    const { runId } = await start();
    await moments.agree(key, () => ({ know: { runId }, forMs: sameForMs, says: null })).catch(() => {});
    return { runId };
  } catch (error) {
    await moments.agree(key, () => ({ know: null, says: null })).catch(() => {});
    throw error;
  }
};

type Known = Started | "under way";

/** A process that died meanwhile holds up nobody for longer. */
const underWayMs = 15_000;
const lookEveryMs = 50;
