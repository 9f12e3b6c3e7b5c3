import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import type { WebDeps } from "#web/deps.ts";

type DrainDeps = Pick<WebDeps, "nodes" | "store" | "clock">;

/** Has a process take no more runs, or take them again, and says in the audit who did. Throws what `Nodes.drain` throws. */
export const drainNode = async (
  { nodes, store, clock }: DrainDeps,
  { name, on, by }: { name: string; on: boolean; by: Actor },
): Promise<void> => {
  if (nodes === null) throw new AppError("not-found", "Milepost is one process here.");
  await nodes.drain(name, on);
  const did = on ? "let a process take no more runs" : "let a process take runs again";
  await store.accounts.audit({ at: clock.now(), by, did, target: name });
};
