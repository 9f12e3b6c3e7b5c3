import { setImmediate as nextTurn } from "node:timers/promises";
import type { Removal } from "#core/removal.ts";
import { cutOf, type Fate, fateOf, type Keep, type OverRun } from "#core/retention.ts";

export interface Doomed {
  run: OverRun;
  fate: Exclude<Fate, "stays">;
}

/** Between two reads people are answered. */
const runsPerRead = 100;

/**
 * The runs of a workflow that go now, then those that lose their log, the oldest first. What is too young is not looked at: runs have their
 * places nearly in the order of their times, and each is decided by itself.
 */
export async function* doomed(
  removal: Pick<Removal, "over" | "placeAt" | "placeOfNewest">,
  workflowId: string,
  keep: Keep,
  now: number,
): AsyncGenerator<Doomed, void> {
  const oldest = keep.runs === null ? 0 : await removal.placeOfNewest(workflowId, keep.runs);
  const placeOf = async (days: number | null) => {
    const cut = cutOf(days, now);
    return cut === null ? 0 : removal.placeAt(cut + 1);
  };
  const phases = [
    { fate: "goes", below: Math.max(oldest, await placeOf(keep.days)), withLog: false },
    { fate: "loses its log", below: await placeOf(keep.logDays), withLog: true },
  ] as const;
  for (const { fate, below, withLog } of phases) {
    for (let after = 0; after < below; ) {
      const page = await removal.over({ workflowId, after, below, withLog }, runsPerRead);
      for (const run of page) if (fateOf(run, keep, { now, oldest }) === fate) yield { run, fate };
      await nextTurn();
      after = page.length < runsPerRead ? below : (page.at(-1)?.seq ?? below);
    }
  }
}
