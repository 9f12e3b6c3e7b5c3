import { stopped } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import {
  failure,
  hasFailed,
  isUnderWay,
  lost,
  order,
  replacedBy,
  watch,
} from "#workflows/deploy-stack/deployment.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import { markOf } from "#workflows/deploy-stack/part-names.ts";
import { openPatiently } from "#workflows/deploy-stack/patient.ts";
import type { UsedApplication } from "./creating-application.ts";

export interface Deployed {
  deploymentId: string;
  /** The containers that it replaces; null when this key may not see them. */
  replaces: string[] | null;
}

type Earlier = { "creating-application": UsedApplication };
type Context = DoContext<StackInput, Earlier>;

const timeoutMs = 60 * 60_000;

/**
 * Orders a deployment and watches it to its end; its log is the step's log. After an interruption the one that was ordered before is
 * looked for by its title and watched on; one that failed is not, so that trying again orders a new one: that is why this is no wait step.
 */
export const deployStack = (deps: StackDeps): DoOptions<StackInput, Earlier, Deployed> => ({
  run: async (ctx) => {
    try {
      return await orderAndWatch(deps, ctx);
    } catch (thrown) {
      throw ctx.signal.aborted ? left(ctx.signal) : thrown;
    }
  },
  safeBecause: "The deployment that was ordered before is looked for by its title and watched on.",
  plan: async ({ input, results, runId }) => {
    const dokploy = await deps.connect(input.connectionId);
    const { applicationId } = results["creating-application"];
    return {
      lines: [
        says("Orders the deployment, waits for it, and shows its log."),
        sends(dokploy.request("application.deploy", { applicationId, title: markOf(runId) })),
      ],
      result: { deploymentId: "", replaces: null },
    };
  },
  detail: ({ deploymentId }) => `Deployed (${deploymentId})`,
  timeoutMs,
  weightMs: 1_000,
});

const orderAndWatch = async (deps: StackDeps, ctx: Context): Promise<Deployed> => {
  const { signal, attempt, results } = ctx;
  const { dokploy, wasAway } = await openPatiently(deps, ctx.input.connectionId, ctx);
  const { applicationId, appName } = results["creating-application"];
  for (let nth = 1; ; nth++) {
    const before = await dokploy.deployments(applicationId, signal);
    const maybeOurs = attempt > 1 && nth === 1;
    const over = new Set(
      before.filter((one) => !maybeOurs || hasFailed(one)).map(({ deploymentId }) => deploymentId),
    );
    const watched = { dokploy, applicationId, mark: markOf(ctx.runId), over, everyMs: deps.lookEveryMs };
    if (maybeOurs && (await isUnderWay(watched, before, signal))) {
      ctx.log("The deployment that this run ordered before is there; watching it on.");
    } else {
      await order(watched, appName, signal);
      ctx.log("Dokploy accepted the deployment.");
    }
    const seen = await watch(watched, ctx);
    const { ended, lines } = "gone" in seen ? { ended: null, lines: [] } : seen;
    if (ended?.status === "done") return { deploymentId: ended.deploymentId, replaces: replacedBy(ended) };
    // At its start Dokploy cancels what was running and has forgotten what was waiting: that is no failure of the stack.
    const byRestart = wasAway() && nth === 1 && (ended === null || ended.status === "cancelled");
    if (!byRestart) throw ended === null ? lost() : failure(ended, lines);
    ctx.log("Dokploy was started anew meanwhile and dropped the deployment; ordering it again.", "warn");
  }
};

const left = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError
    ? signal.reason
    : new AppError("cancelled", stopped(signal).message, {
        unconfirmed:
          "Dokploy cannot stop a deployment, so one that has begun goes on there to its end. Undo removes what this run made.",
      });
