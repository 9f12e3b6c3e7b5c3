import { idOf, kindOf } from "#connectors/dokploy/bodies.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { says, sends } from "#core/plan-line.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import {
  failure,
  hasFailed,
  isUnderWay,
  lookAtDeployment,
  lost,
  notSeenYet,
  order,
  replacedBy,
  type Watched,
  type Watching,
} from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import type { StackBase } from "#stacks/input.ts";
import { lookThroughOutages } from "#stacks/outages.ts";
import { markOf } from "#stacks/part-names.ts";
import type { UsedService } from "#stacks/service.ts";

export interface Deployed {
  deploymentId: string;
  /** The containers that it replaces; null when this key may not see them. */
  replaces: string[] | null;
}

type Earlier = { "creating-application": UsedService };
type Context = WaitContext<StackBase, Earlier>;

/** What is remembered from look to look. */
interface Memo extends Watching {
  /** Deployments that are not the one to watch. It is known before one is ordered, so that one that was ordered is known again. */
  over: readonly string[];
  ordered: boolean;
  /** Whether it was away since the order: at its start it cancels what was running and has forgotten what was waiting. */
  wasAway: boolean;
  orderedAnew: boolean;
}

/**
 * Orders a deployment and looks at it until its end; its log is the step's log. After an interruption, or when a person tries again, one
 * that was ordered before is looked for by its title and watched on, unless it failed.
 */
export const deployStack = (deps: StackDeps): WaitOptions<StackBase, Earlier, Deployed> => ({
  setsGoing: true,
  look: lookThroughOutages(deps, async (ctx: Context, wasAway) => {
    const memo = ctx.memo as Memo | undefined;
    const dokploy = await deps.connect(ctx.input.connectionId);
    if (memo === undefined) return begin(dokploy, ctx);
    return goOn(dokploy, { ...memo, wasAway: memo.wasAway || wasAway }, ctx);
  }),
  everyMs: deps.lookEveryMs,
  timeoutMs: deps.deployMs,
  onCancel: async () =>
    "Dokploy cannot stop a deployment, so one that has begun goes on there to its end. Undo removes what this run made.",
  whilePaused: "A deployment that was ordered goes on in Dokploy.",
  plan: async ({ input, results, runId }) => {
    const dokploy = await deps.connect(input.connectionId);
    const used = results["creating-application"];
    const call = `${kindOf(used)}.deploy`;
    return {
      lines: [
        says("Orders the deployment, waits for it, and shows its log."),
        sends(dokploy.request(call, { ...idOf(used), title: markOf(runId) })),
      ],
      result: { deploymentId: "", replaces: null },
    };
  },
  detail: ({ deploymentId }) => `Deployed (${deploymentId})`,
  weightMs: 1_000,
});

const again = (what: string, memo: Memo): Extract<Look<Deployed>, { waiting: string }> => ({
  waiting: what,
  progress: { done: 0, total: null, what },
  memo,
});

/** Nothing is ordered yet: that is for the next look, which can tell then what came of it. */
const begin = async (dokploy: Dokploy, { attempt, results, signal }: Context): Promise<Look<Deployed>> => {
  const rows = await dokploy.deployments(results["creating-application"], signal);
  const over = rows.filter((one) => attempt === 1 || hasFailed(one)).map(({ deploymentId }) => deploymentId);
  const fresh = { ordered: false, ...notSeenYet, wasAway: false, orderedAnew: false };
  return { ...again("ordering the deployment", { ...fresh, over }), nextInMs: 0 };
};

const goOn = async (dokploy: Dokploy, memo: Memo, ctx: Context): Promise<Look<Deployed>> => {
  const { signal, log, results } = ctx;
  const one = results["creating-application"];
  const watched: Watched = {
    dokploy,
    one,
    mark: markOf(ctx.runId),
    over: new Set(memo.over),
  };
  if (!memo.ordered) {
    const there = await isUnderWay(watched, signal);
    if (there) log("The deployment that this run ordered before is there; watching it on.");
    else {
      await order(watched, one, signal);
      log("Dokploy accepted the deployment.");
    }
    return { ...again("waiting for Dokploy to begin", { ...memo, ordered: true }), nextInMs: 0 };
  }
  const seen = await lookAtDeployment(watched, memo, ctx);
  if ("what" in seen) return again(seen.what, { ...memo, ...seen.watching });
  if ("gone" in seen) return orderAnew(memo, [], ctx, lost());
  const { ended, lines } = seen;
  if (ended.status === "done")
    return { done: { deploymentId: ended.deploymentId, replaces: replacedBy(ended) } };
  if (ended.status === "cancelled") return orderAnew(memo, [ended.deploymentId], ctx, failure(ended, lines));
  throw failure(ended, lines);
};

/** What Dokploy's own restart ended is no failure of the stack; once, and anything else fails for that reason. */
const orderAnew = (memo: Memo, over: readonly string[], { log }: Context, reason: Error): Look<Deployed> => {
  if (!memo.wasAway || memo.orderedAnew) throw reason;
  log("Dokploy was started anew meanwhile and dropped the deployment; ordering it again.", "warn");
  const anew = { ...memo, over: [...memo.over, ...over], ordered: false, ...notSeenYet };
  return { ...again("ordering the deployment again", { ...anew, orderedAnew: true }), nextInMs: 0 };
};
