import type { Identity } from "#core/accounts.ts";
import { can } from "#core/rights.ts";
import type { FiringSeen, Trigger } from "#core/trigger.ts";
import type { WebDeps } from "./deps.ts";

export interface TriggerSeen {
  trigger: Trigger;
  /** What came of it last. */
  last: FiringSeen | null;
  mayControl: boolean;
}

type SeenDeps = Pick<WebDeps, "store" | "people">;

/** All that somebody may look at, by name. */
export const triggersSeen = async (
  { store }: Pick<SeenDeps, "store">,
  who: Identity,
): Promise<TriggerSeen[]> => {
  const all = (await store.triggers.list()).filter(({ workflowId }) => can(who, "read", { workflowId }));
  return Promise.all(all.map((trigger) => triggerSeen({ store }, trigger, who)));
};

export const triggerSeen = async (
  { store }: Pick<SeenDeps, "store">,
  trigger: Trigger,
  who: Identity,
): Promise<TriggerSeen> => ({
  trigger,
  last: (await store.triggers.firings(trigger.id, null, 1))[0] ?? null,
  mayControl: can(who, "control", { workflowId: trigger.workflowId, starter: trigger.makerId }),
});

/** The name of whoever made it. */
export const makerName = async (
  { people }: Pick<SeenDeps, "people">,
  { makerId }: Trigger,
): Promise<string> =>
  (await people.list()).find(({ id }) => id === makerId)?.name ?? "somebody who was removed";
