import { setImmediate as nextTurn } from "node:timers/promises";
import type { Trim } from "#core/removal.ts";
import type { EngineParts } from "#engine/parts.ts";

/** The rule by which a log goes. */
export interface TrimRule {
  /** So many days after the end of its run. */
  days: number;
  /** The cleaning that counts it. */
  cleaning: number;
}

type Parts = Pick<EngineParts, "store" | "feed" | "clock" | "longLines">;

/** Takes away the log of a run that is over; its history, steps and results stay. Throws AppError("not-allowed-now") where it is under way. */
export const trim = async (parts: Parts, runId: string, rule: TrimRule): Promise<void> => {
  await trimAll(parts, runId, { what: "log", ...rule });
  const now = await parts.store.run(runId);
  if (now !== null) parts.feed.tell({ ...now, events: [] });
};

/** In slices, between which people are answered. */
export const trimAll = async (
  { store, clock, longLines }: Pick<Parts, "store" | "clock" | "longLines">,
  runId: string,
  what: Omit<Trim, "at">,
): Promise<void> => {
  const at = clock.now();
  // First, because nothing leads to them once the lines are gone.
  await longLines?.forget(runId);
  for (let from: number | null = 0; from !== null; ) {
    from = await store.removal.trim(runId, { at, ...what }, from);
    await nextTurn();
  }
};
