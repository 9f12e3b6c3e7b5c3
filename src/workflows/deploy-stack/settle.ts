import { setTimeout as sleep } from "node:timers/promises";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { stopped } from "#connectors/http/waiting.ts";
import type { DoContext } from "#core/step-context.ts";
import type { StackDeps } from "./deps.ts";

/**
 * Drops what waits in the queue for an application and lets a deployment that runs come to its end: Dokploy cannot stop it, and one that
 * ends after its application was removed would leave a service that belongs to nothing.
 */
export const settle = async (
  dokploy: Dokploy,
  applicationId: string,
  { lookEveryMs, settleMs }: Pick<StackDeps, "lookEveryMs" | "settleMs">,
  { signal, now, log }: Pick<DoContext<unknown, unknown>, "signal" | "now" | "log">,
): Promise<void> => {
  const until = now() + settleMs;
  await dokploy.dropQueued(applicationId, signal);
  for (let looks = 1; ; looks++) {
    const running = (await dokploy.deployments(applicationId, signal)).some(
      ({ status }) => status === "running",
    );
    const queued = (await dokploy.queue(signal)).some((job) => job.applicationId === applicationId);
    if (!running && !queued) return;
    if (now() >= until) {
      log(
        "Its deployment still runs. The application is removed all the same; look in Dokploy whether its service stays behind.",
        "warn",
      );
      return;
    }
    if (looks === 1) log("Its deployment still runs and cannot be stopped; waiting for its end.");
    await sleep(lookEveryMs, undefined, { signal }).catch(() => Promise.reject(stopped(signal)));
  }
};
