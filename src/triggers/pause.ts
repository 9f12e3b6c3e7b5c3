import { type Trigger, TriggerMoved, type TriggerTable } from "#core/trigger.ts";

/** Pauses a trigger; what waited to become a run is skipped with it. Throws TriggerMoved. */
export const pause = async (
  triggers: Pick<TriggerTable, "change">,
  { id, revision }: Pick<Trigger, "id" | "revision">,
  at: number,
  because: string,
): Promise<void> => {
  if (!(await triggers.change(id, revision, { paused: { at, because }, nextAt: null })))
    throw new TriggerMoved(id);
};
