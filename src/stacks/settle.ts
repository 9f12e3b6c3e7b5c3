import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { sleep, systemClock } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import type { DoContext } from "#core/step-context.ts";
import { noneIfUnknown } from "./deployment.ts";
import type { StackDeps } from "./deps.ts";

/**
 * Drops what waits in the queue for an application and lets a deployment that runs come to its end, for as long as one may take: Dokploy
 * cannot stop it, and one that ends after its application was removed would leave a service that belongs to nothing.
 * Throws AppError("timed-out") that names the service; nothing is removed then.
 */
export const settle = async (
  dokploy: Dokploy,
  { applicationId, appName }: { applicationId: string; appName: string },
  { lookEveryMs, settleMs }: Pick<StackDeps, "lookEveryMs" | "settleMs">,
  ctx: Pick<DoContext<unknown, unknown>, "signal" | "now" | "log" | "progress">,
): Promise<void> => {
  const { signal, now, log, progress } = ctx;
  const until = now() + settleMs;
  await dokploy.dropQueued(applicationId, signal);
  for (let looks = 1; ; looks++) {
    if (!(await stillDeploys(dokploy, applicationId, signal))) return;
    if (now() >= until) throw stillRuns(appName, settleMs);
    if (looks === 1) {
      log("Its deployment still runs and cannot be stopped; waiting for its end before anything is removed.");
      progress(0, null, "waiting for the deployment's end");
    }
    await sleep(lookEveryMs, signal, systemClock);
  }
};

/** Whether a deployment of it runs or is about to. */
export const stillDeploys = async (
  dokploy: Dokploy,
  applicationId: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const rows = await dokploy.deployments(applicationId, signal);
  if (rows.some(({ status }) => status === "running")) return true;
  const queue = await dokploy.queue(signal).catch(noneIfUnknown);
  return queue.some((job) => job.applicationId === applicationId);
};

const stillRuns = (appName: string, settleMs: number): AppError =>
  new AppError(
    "timed-out",
    `Its deployment still runs after ${Math.round(settleMs / 60_000)} minutes, and Dokploy cannot stop it, so nothing was removed. Undo again when it has ended. If the application is removed before, its service stays behind; on the server “docker service rm ${appName}” removes it.`,
    { canPass: false },
  );
