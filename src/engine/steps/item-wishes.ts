import { itemsIn, underWayItems } from "#core/item.ts";
import type { ItemWithRun } from "#core/item-table.ts";
import { may, retriedStep } from "#core/rules.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { Claim } from "#engine/claim.ts";
import { retried } from "#engine/moves/back.ts";
import { wishAwaited } from "#engine/moves/each.ts";
import { cancelled, paused, resumed, type Stopped } from "#engine/moves/stop.ts";
import type { EngineParts } from "#engine/parts.ts";
import { cancelling } from "#engine/verbs/cancel.ts";
import { pausing } from "#engine/verbs/pause.ts";
import { newerFor } from "#engine/verbs/retry.ts";

const lookEveryMs = 5_000;
const most = 500;
const namedAtMost = 5;

type Parts = Pick<EngineParts, "commit" | "workflows" | "wake" | "store">;

const underWay = (claim: Claim, stepId: string): Promise<ItemWithRun[]> =>
  claim.parts.store.items.of(claim.at().run.id, stepId, { states: underWayItems, limit: most });

const runsOf = (items: readonly ItemWithRun[]): RunWithSteps[] =>
  items.flatMap(({ at }) => (at === null ? [] : [at]));

/** An item that failed, or was cancelled, goes on where it stopped; with its file as the step has it by now, where it fits. */
export const retryItem = async (
  parts: Parts,
  { run }: RunWithSteps,
  above: Pick<Run, "code" | "createdBy">,
): Promise<void> => {
  const { code, createdBy: by } = above;
  await parts.workflows.ready(run);
  await parts.commit(run, (now, at) => {
    if (!may("retry", now) || now.run.state === "waiting") return {};
    return newerFor(parts, now, retried(now, retriedStep(now), by, at), by, code);
  });
  parts.wake();
};

/** Asks all items under way to stop; what each has in flight is confirmed by itself. */
export const cancelItems = async ({ parts, at }: Claim, stepId: string, by: string): Promise<void> => {
  const { items } = parts.store;
  for (const { run } of runsOf(await items.of(at().run.id, stepId, { states: underWayItems, limit: most }))) {
    await parts.workflows.ready(run);
    await parts.commit(run, (now, time) => (may("cancel", now) ? cancelling(parts, by)(now, time) : {}));
  }
  parts.wake();
};

/** The run was told to stop: its items stop first, and the receipt tells of each. */
export const cancelEach = async (claim: Claim, step: Step): Promise<void> => {
  const by = claim.at().run.cancel?.by ?? "Milepost";
  await cancelItems(claim, step.id, by);
  const { run } = claim.at();
  if ((await underWay(claim, step.id)).length > 0) return awaitItems(claim);
  const stopped = await receiptOf(claim, step);
  await claim.record((now, at) =>
    now.run.version === run.version ? cancelled(now, at, now.run.cancel?.by ?? "", stopped) : {},
  );
};

const awaitItems = async (claim: Claim): Promise<void> => {
  const { version } = claim.at().run;
  await claim.record((now, at) => (now.run.version === version ? wishAwaited(at + lookEveryMs) : {}));
};

const receiptOf = async (claim: Claim, step: Step): Promise<Stopped> => {
  const { run } = claim.at();
  const { items } = claim.parts.store;
  const ended = await items.of(run.id, step.id, { states: ["cancelled"], limit: most });
  const since = run.cancel?.askedAt ?? 0;
  const stopped = ended.filter(({ at }) => (at?.run.cancel?.askedAt ?? -1) >= since);
  const doubtful = stopped.filter(({ at }) => at?.run.cancel?.unconfirmed != null);
  const known = await items.counts(run.id, step.id);
  const pending = known === null ? 0 : itemsIn(known.counts, "pending");
  const notes = [
    stopped.length === 1
      ? `1 under way was stopped${doubtful.length === 0 ? ", confirmed" : ""}.`
      : `${stopped.length} under way were stopped, ${stopped.length - doubtful.length} of them confirmed.`,
    pending === 0 ? "" : `${pending} had not begun.`,
  ];
  const names = doubtful.slice(0, namedAtMost).map(({ item }) => item.title);
  return {
    unconfirmed:
      doubtful.length === 0 ? null : `Of ${doubtful.length} it could not be confirmed: ${names.join(", ")}.`,
    tookMs: Math.max(0, claim.parts.clock.now() - since),
    note: notes.join(" ").trim(),
  };
};

/** No more are begun, and those under way pause before their next step. */
export const pauseEach = async (claim: Claim, step: Step): Promise<void> => {
  const { parts } = claim;
  const { run } = claim.at();
  let asked = 0;
  for (const { run: child } of runsOf(await underWay(claim, step.id))) {
    await parts.workflows.ready(child);
    await parts.commit(child, (now, at) => (may("pause", now) ? pausing(parts, run.createdBy)(now, at) : {}));
    asked++;
  }
  parts.wake();
  const sentence =
    asked === 0
      ? "No more are begun."
      : `No more are begun, and ${asked === 1 ? "the one under way pauses before its" : `the ${asked} under way pause before their`} next step.`;
  await claim.record((now, at) =>
    now.run.wish === "pause" ? paused(now, at, { sentence, stopped: true }) : {},
  );
};

/** Those that were paused with their run go on. */
export const goOnWithItems = async (claim: Claim, stepId: string): Promise<void> => {
  const { parts } = claim;
  for (const { run } of runsOf(await underWay(claim, stepId)))
    await parts.commit(run, (now, at) => {
      // It was asked to pause and has not come to it.
      if (now.run.wish === "pause") return { run: { wish: null } };
      return may("resume", now)
        ? { ...resumed(now, at), because: "the run that it is an item of goes on" }
        : {};
    });
  parts.wake();
};
