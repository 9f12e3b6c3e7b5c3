import { type Wave, wavesOf } from "#core/each.ts";
import { type ItemCounts, itemWorkflowId } from "#core/item.ts";
import type { ItemWithRun } from "#core/item-table.ts";
import { isUnforeseen } from "#core/step.ts";
import type { Interval } from "#core/time-left/estimate.ts";
import { longestPath } from "#core/time-left/longest-path.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import type { Workflow } from "#core/workflow.ts";
import type { Claim } from "#engine/claim.ts";
import { spentOf } from "#engine/commit/told.ts";
import { notBegun } from "#engine/seen/not-begun.ts";

/**
 * How long the items of a step still take, by their longest path: what those at work have left, and what those that are not begun take as a
 * whole, as past items taught it. Null while one at work cannot be looked at, and undefined before one has completed. One that waits for a person has nothing
 * left that anybody could tell.
 */
export const itemsLeft = async (
  claim: Claim,
  stepId: string,
  { steps }: Pick<Workflow, "steps">,
  { counts, underWay, waves, atOnce }: ItemsNow,
): Promise<Interval | null | undefined> => {
  if (underWay.some(({ at }) => at?.steps.some(isUnforeseen))) return null;
  const { history, clock } = claim.parts;
  const model = await history.of(itemWorkflowId(claim.at().run.workflowId, stepId));
  const each = model === null ? null : timeLeft(steps.map(notBegun), model, new Map()).run;
  if (each === null) return undefined;
  const now = clock.now();
  const every = Math.ceil(underWay.length / mostLookedInto);
  const left = underWay.flatMap(({ at }, place) => {
    if (place % every !== 0 || at === null || at.run.state === "asking" || at.run.state === "paused")
      return [];
    const { run } = timeLeft(at.steps, model, spentOf(at.steps, now), at.run.size);
    return run === null ? [] : Array.from({ length: every }, () => run);
  });
  const places = notBegunPlaces(counts, waves);
  const next = places[0];
  const isHeld = next !== undefined && underWay.some(({ item }) => item.wave < next);
  const counted = [...Map.groupBy(places, (wave) => wave).values()].map((ones) => ones.length);
  return longestPath({ underWay: left, waves: isHeld ? [0, ...counted] : counted, each, slots: atOnce });
};

/** Of more that are at work some stand for all: nobody waits for an estimate. */
const mostLookedInto = 20;

interface ItemsNow {
  counts: ItemCounts;
  underWay: readonly ItemWithRun[];
  waves: readonly Wave[];
  atOnce: number;
}

/** The waves of what is not begun: lists are done in their order, so it is the last ones. */
const notBegunPlaces = (counts: ItemCounts, waves: readonly Wave[]): readonly number[] => {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  return wavesOf(waves, all).slice(all - counts.pending);
};
