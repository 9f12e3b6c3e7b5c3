import { AppError, toAppError } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import { mapped } from "#core/mapping.ts";
import type { RunWithSteps } from "#core/run.ts";
import { type Firing, isOf, type Trigger, TriggerMoved } from "#core/trigger.ts";
import type { Engine } from "#engine/engine.ts";
import { begin, mayPass } from "./begin.ts";
import { pause } from "./pause.ts";
import { mostQueued, type SettleDeps } from "./settle.ts";

export interface QueueDeps extends SettleDeps {
  engine: Pick<Engine, "start" | "cancel">;
}

/** What has firings that wait to become runs, with these, the longest waiting first. */
export const waitingToStart = async ({ triggers }: Pick<QueueDeps["store"], "triggers">) => {
  const queued = Map.groupBy(await triggers.queued(mostQueued), ({ triggerId }) => triggerId);
  const found = await Promise.all([...queued.keys()].map((id) => triggers.get(id)));
  return found.flatMap((trigger) =>
    trigger === null ? [] : [{ trigger, firings: queued.get(trigger.id) ?? [] }],
  );
};

/** Starts what waits of a trigger and may start now: what follows a run that ended, and of a schedule one after the other. */
export const takeQueued = async (
  deps: QueueDeps,
  trigger: Trigger,
  firings: readonly Firing[],
): Promise<void> => {
  if (isOf(trigger, "schedule")) return takeNext(deps, trigger, firings);
  for (const firing of firings) await take(deps, trigger, firing);
};

const takeNext = async (deps: QueueDeps, trigger: Trigger, firings: readonly Firing[]): Promise<void> => {
  const { triggers } = deps.store;
  const cancels =
    isOf(trigger, "schedule") && trigger.when.overlap === "cancel" && trigger.when.missed !== "all";
  const [next, left] = cancels ? [firings.at(-1), firings.slice(0, -1)] : [firings[0], []];
  for (const older of left)
    await triggers.record({
      ...older,
      became: "skipped",
      because: "A later one came before it could start.",
    });
  const underWay = await triggers.underWay(trigger.id);
  if (underWay.length === 0 && next !== undefined) return take(deps, trigger, next);
  if (!cancels) return;
  for (const id of underWay) {
    const found = await deps.store.run(id);
    if (found === null || found.run.wish === "cancel") continue;
    // It may have ended meanwhile.
    await deps.engine.cancel(id, `schedule “${trigger.name}”`).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }
};

const take = async (deps: QueueDeps, trigger: Trigger, firing: Firing): Promise<void> => {
  const { triggers } = deps.store;
  const now = deps.clock.now();
  const { n: _, runId: __, ...queued } = firing;
  try {
    await begin(
      deps,
      trigger,
      { ...queued, at: now, became: "run", because: null },
      await broughtBy(deps, trigger, firing),
    );
  } catch (error) {
    if (error instanceof TriggerMoved || mayPass(error)) throw error;
    if (error instanceof AppError && error.code === "forbidden")
      await pause(triggers, trigger, now, error.message);
    else await triggers.record({ ...queued, became: "refused", because: toAppError(error).message });
  }
};

/** What the run that ended hands to the one that follows. */
const broughtBy = async (
  { store }: Pick<QueueDeps, "store">,
  trigger: Trigger,
  { afterRunId }: Firing,
): Promise<Values> => {
  if (!isOf(trigger, "after") || afterRunId === null) return {};
  const found = await store.run(afterRunId);
  if (found !== null) return mapped(trigger.when.mapping, handedOn(found));
  throw new AppError("not-found", "The run that it follows is no longer there.");
};

/** What a mapping may take from a run that ended: "results.count.rows", "input.project", "run.number", "outcome.sentence". */
const handedOn = ({ run, steps }: RunWithSteps) => ({
  run: { id: run.id, number: run.number, workflowId: run.workflowId, subject: run.subject, state: run.state },
  input: run.values,
  results: Object.fromEntries(steps.map(({ id, result }) => [id, result])),
  outcome: run.outcome,
  error: run.error,
});
