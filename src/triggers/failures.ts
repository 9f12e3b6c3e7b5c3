import type { FiringSeen, Trigger, TriggerTable } from "#core/trigger.ts";

/** Why a trigger has to pause, as a sentence; null when it did not fail so often in a row since it is as it is. */
export const failuresInARow = async (
  triggers: Pick<TriggerTable, "outcomes">,
  { id, pauseAfter, since }: Pick<Trigger, "id" | "pauseAfter" | "since">,
): Promise<string | null> => {
  if (pauseAfter === null) return null;
  const newest = (await triggers.outcomes(id, pauseAfter + someUnderWay)).filter(
    (one) => one.at >= since && !isUnderWay(one),
  );
  const counted = newest.slice(0, pauseAfter);
  if (counted.length < pauseAfter || !counted.every(isFailure)) return null;
  return pauseAfter === 1 ? "Its last run failed." : `Its last ${pauseAfter} runs failed.`;
};

/** What is not over says nothing yet. */
const someUnderWay = 20;

const isUnderWay = ({ became, run }: FiringSeen): boolean =>
  became === "run" && run !== null && run.endedAt === null;

const isFailure = ({ became, run }: FiringSeen): boolean => became === "refused" || run?.state === "failed";
