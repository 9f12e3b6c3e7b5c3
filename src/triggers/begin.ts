import type { AccessBook } from "#core/access.ts";
import type { Accounts } from "#core/accounts.ts";
import type { Cause } from "#core/cause.ts";
import { AppError, type ErrorCode } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import { can, everything } from "#core/rights.ts";
import type { Secrets } from "#core/secrets.ts";
import { type NewFiring, type Trigger, triggerOwner } from "#core/trigger.ts";
import type { Engine, Started } from "#engine/engine.ts";

export interface BeginDeps {
  engine: Pick<Engine, "start">;
  accounts: Pick<Accounts, "people">;
  secrets: Secrets;
  access: AccessBook;
}

/** What says nothing about the run that is asked for: the same may be accepted later. */
const passing: ReadonlySet<ErrorCode> = new Set(["disk-full", "store-busy", "too-many", "internal"]);

/** Whether the same may succeed later; what is no AppError is the store's. */
export const mayPass = (error: unknown): boolean => !(error instanceof AppError) || passing.has(error.code);

/** The name of the person as whom a trigger starts its runs. Throws AppError("forbidden") with a sentence when they may not, or are gone. */
export const makerOf = async (
  { accounts, access }: Pick<BeginDeps, "accounts" | "access">,
  { makerId, workflowId, when }: Pick<Trigger, "makerId" | "workflowId" | "when">,
): Promise<string> => {
  const person = (await accounts.people()).find(({ id }) => id === makerId);
  if (person === undefined)
    throw new AppError("forbidden", "Who made it was removed. Somebody else has to make it anew.");
  const who = { person, scope: everything, access };
  // What it takes from a run is handed on to whoever sees the one that follows.
  if (when.kind === "after" && !can(who, "read", { workflowId: when.workflowId }))
    throw new AppError("forbidden", `${person.name}, who made it, may not look at the runs that it follows.`);
  if (can(who, "run", { workflowId })) return person.name;
  throw new AppError("forbidden", `${person.name}, who made it, may not start this workflow any more.`);
};

/**
 * Starts the run of a firing, which is kept in the same commit. `more` is what came with it, over what it always starts with. Throws what
 * `start` and `makerOf` throw, and TriggerMoved.
 */
export const begin = async (
  { engine, accounts, access, secrets }: BeginDeps,
  trigger: Trigger,
  firing: NewFiring,
  more: Values = {},
): Promise<Started> => {
  const by = await makerOf({ accounts, access }, trigger);
  const { workflowId, mode, former, makerId } = trigger;
  const values = { ...trigger.values, ...opened(trigger, secrets), ...more };
  return engine.start(workflowId, values, by, {
    mode,
    former,
    starter: makerId,
    firing,
    cause: causeOf(trigger, firing),
  });
};

const opened = ({ id, secrets }: Trigger, seal: Secrets): Values =>
  Object.fromEntries(
    Object.entries(secrets ?? {}).map(([name, sealed]) => [name, seal.open(sealed, triggerOwner(id))]),
  );

const causeOf = ({ id, name, when }: Trigger, { at, dueAt, afterRunId }: NewFiring): Cause => ({
  kind: when.kind,
  triggerId: id,
  name,
  dueAt,
  zone: when.kind === "schedule" ? when.zone : null,
  lateMs: dueAt === null ? null : Math.max(0, at - dueAt),
  afterRunId,
});
