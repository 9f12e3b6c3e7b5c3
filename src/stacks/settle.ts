import type { Deployable, Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { UndoWaits } from "#core/workflow.ts";
import { isFor, noneIfUnknown, nullIfRefused } from "./deployment.ts";
import type { StackDeps } from "./deps.ts";
import { commandToRemove, wordOf } from "./service.ts";

/**
 * For an undo: drops what waits in the queue for it and lets a deployment that runs come to its end, for as long as one may
 * take: Dokploy cannot stop it, and one that ends after its application was removed would leave a service that belongs to nothing. Null
 * when nothing is under way. Throws AppError("timed-out") that names the service; the application stays then.
 */
export const settle = async (
  dokploy: Dokploy,
  one: Deployable & { appName: string },
  { lookEveryMs, settleMs }: Pick<StackDeps, "lookEveryMs" | "settleMs">,
  {
    signal,
    log,
    memo,
    waitedMs,
  }: Pick<UndoContext<unknown, unknown, unknown>, "signal" | "log" | "memo" | "waitedMs">,
): Promise<UndoWaits | null> => {
  const since = (memo as { since: number } | undefined)?.since;
  // A help: what was not dropped has its turn and its end, and is waited for.
  if (since === undefined) await dokploy.dropQueued(one, signal).catch(nullIfRefused);
  if (!(await stillDeploys(dokploy, one, signal))) return null;
  if (since === undefined)
    log("Its deployment still runs and cannot be stopped; waiting for its end before anything is removed.");
  else if (waitedMs - since >= settleMs) throw stillRuns(one, settleMs);
  return {
    waiting: "the deployment's end",
    nextInMs: lookEveryMs,
    memo: { since: since ?? waitedMs },
  };
};

/** Whether a deployment of it runs or is about to. */
export const stillDeploys = async (
  dokploy: Dokploy,
  one: Deployable,
  signal: AbortSignal,
): Promise<boolean> => {
  const rows = await dokploy.deployments(one, signal);
  if (rows.some(({ status }) => status === "running")) return true;
  const queue = await dokploy.queue(signal).catch(noneIfUnknown);
  return queue.some((job) => isFor(job, one));
};

const stillRuns = (one: Deployable & { appName: string }, settleMs: number): AppError =>
  new AppError(
    "timed-out",
    `Its deployment still runs after ${Math.round(settleMs / 60_000)} minutes, and Dokploy cannot stop it, so the ${wordOf(one)} stays. Undo again when it has ended. If it is removed before, what the deployment starts stays behind; on the server “${commandToRemove(one)}” removes it.`,
    { canPass: false },
  );
