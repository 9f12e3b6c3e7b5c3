import { AppError } from "#core/errors.ts";
import { underWayItems } from "#core/item.ts";
import type { ItemPlace } from "#core/item-table.ts";
import { plural } from "#core/plural.ts";
import { isMade, may } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type Step, staysOf } from "#core/step.ts";
import type { Claim } from "#engine/claim.ts";
import { stepUndone, undoBegun, undoFailed, undoing } from "#engine/moves/back.ts";
import { wishAwaited } from "#engine/moves/each.ts";
import { cancelItems } from "./item-wishes.ts";

/** So many items remove what they made at a time. */
const undoneAtOnce = 5;
const lookEveryMs = 5_000;

/** Whether an undo of its own failed and nobody has asked for it again. */
const couldNot = ({ run }: RunWithSteps): boolean => run.state === "failed" && run.ended !== null;

/** What its step says: how to go on with an item alone is not what helps the whole. */
const whyNot = (at: RunWithSteps | null): string =>
  at?.steps.find(({ id }) => id === at.run.error?.stepId)?.error?.message ?? at?.run.error?.message ?? "";

/** Each item removes what it made, the last of the list first. False when the run failed there, as for any other step. */
export const undoEachStep = async (claim: Claim, step: Step): Promise<boolean> => {
  const { parts } = claim;
  const { items } = parts.store;
  const begins = step.detail !== undoBegun(step).steps?.[0]?.patch.detail;
  if (begins) {
    await claim.record(() => undoBegun(step));
    await cancelItems(claim, step.id, "Milepost");
  }
  const { run } = claim.at();
  const underWay = await items.of(run.id, step.id, { states: underWayItems, limit: 500 });
  const over = await items.of(run.id, step.id, {
    ...{ states: ["failed", "cancelled", "completed"], limit: 500, last: true },
  });
  const failed = over.find(({ at }) => at !== null && couldNot(at));
  if (failed !== undefined && !begins && underWay.length === 0) {
    const error = new AppError("items-failed", `${failed.item.title}: ${whyNot(failed.at)}`);
    await claim.record((now, at) => undoFailed(now, claim.step(step.id), error, at));
    return false;
  }
  const nothing: number[] = [];
  let room = undoneAtOnce - underWay.length;
  for (const { item, at } of over.toSorted((a, b) => b.item.position - a.item.position)) {
    if (at === null || !at.steps.some(isMade)) nothing.push(item.position);
    else if (room > 0 && (begins || !couldNot(at))) {
      room--;
      await parts.workflows.ready(at.run);
      await parts.commit(at.run, (now, time) => (may("undo", now) ? undoing(now, "Milepost", time) : {}));
    }
  }
  parts.wake();
  const { version } = claim.at().run;
  if (nothing.length > 0) {
    const moved = nothing.map((position) => ({ position, to: "undone" as const }));
    await claim.record(() => ({ items: { stepId: step.id, moved } }));
    return true;
  }
  const isOver = over.length === 0 && underWay.length === 0;
  const stays = isOver ? await staysOfItems(claim, step.id) : undefined;
  await claim.record((now, at) => {
    if (now.run.version !== version) return {};
    return isOver ? stepUndone(step.id, stays) : wishAwaited(at + lookEveryMs);
  });
  return true;
};

const itemsPerRead = 500;
const mostNamed = 3;

/** What the items could not remove, the first of them by name; undefined where nothing stays. */
const staysOfItems = async ({ parts, at }: Claim, stepId: string): Promise<string | undefined> => {
  const stays: string[] = [];
  let after: ItemPlace | undefined;
  do {
    const some = await parts.store.items.of(at().run.id, stepId, {
      ...{ states: ["undone"], limit: itemsPerRead, ...(after && { after }) },
    });
    for (const { item, at: of } of some) {
      const left = staysOf(of?.steps ?? []);
      if (left !== null) stays.push(`${item.title}: ${left}`);
    }
    const last = some.length < itemsPerRead ? undefined : some.at(-1);
    after = last && { state: "undone", position: last.item.position };
  } while (after !== undefined);
  if (stays.length === 0) return undefined;
  const more = stays.length - mostNamed;
  return [
    ...stays.slice(0, mostNamed),
    ...(more > 0 ? [`And so for ${plural(more, "more item")}.`] : []),
  ].join(" ");
};
