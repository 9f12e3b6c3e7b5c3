import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { says, sends } from "#core/plan-line.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import {
  failure,
  hasFailed,
  isUnderWay,
  lost,
  mostLooksUnseen,
  noneIfUnreadable,
  order,
  ownOf,
  placeInQueue,
  queuedSentence,
  replacedBy,
  type Watched,
} from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { markOf } from "#stacks/part-names.ts";
import { clockOf, isSilence, stillAway } from "#stacks/patient.ts";
import type { StackInput } from "#workflows/deploy-stack/input.ts";
import type { UsedApplication } from "./creating-application.ts";

export interface Deployed {
  deploymentId: string;
  /** The containers that it replaces; null when this key may not see them. */
  replaces: string[] | null;
}

type Earlier = { "creating-application": UsedApplication };
type Context = WaitContext<StackInput, Earlier>;

/** What is remembered from look to look. */
interface Memo {
  /** Deployments that are not the one to watch. It is known before one is ordered, so that one that was ordered is known again. */
  over: readonly string[];
  ordered: boolean;
  /** Looks in a row in which it was neither queued nor listed. */
  unseen: number;
  /** How many lines of its log were told. */
  lines: number;
  /** Since when Dokploy does not answer; null when it does. */
  awaySince: number | null;
  /** Whether it was away since the order: at its start it cancels what was running and has forgotten what was waiting. */
  wasAway: boolean;
  orderedAnew: boolean;
}

/**
 * Orders a deployment and looks at it until its end; its log is the step's log. After an interruption, or when a person tries again, one
 * that was ordered before is looked for by its title and watched on, unless it failed.
 */
export const deployStack = (deps: StackDeps): WaitOptions<StackInput, Earlier, Deployed> => ({
  setsGoing: true,
  look: async (ctx) => {
    const memo = ctx.memo as Memo | undefined;
    try {
      const dokploy = await deps.connect(ctx.input.connectionId);
      const there = memo === undefined ? undefined : { ...memo, ...backAgain(memo, ctx) };
      return await (there === undefined ? begin(dokploy, ctx) : goOn(dokploy, there, ctx));
    } catch (thrown) {
      if (memo === undefined || !isSilence(thrown)) throw thrown;
      const since = memo.awaySince ?? ctx.now();
      if (ctx.now() - since >= deps.outageMs) throw stillAway(thrown, since);
      const waiting = `Dokploy does not answer since ${clockOf(since)}; asking until it does.`;
      if (memo.awaySince === null) ctx.log(`${waiting} ${thrown.message}`, "warn");
      const pause = thrown.retryAfterMs === undefined ? {} : { nextInMs: thrown.retryAfterMs };
      return { ...again(waiting, { ...memo, awaySince: since, wasAway: true }), ...pause };
    }
  },
  everyMs: deps.lookEveryMs,
  timeoutMs: 60 * 60_000,
  onCancel: async () =>
    "Dokploy cannot stop a deployment, so one that has begun goes on there to its end. Undo removes what this run made.",
  whilePaused: "A deployment that was ordered goes on in Dokploy.",
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
  weightMs: 1_000,
});

const again = (what: string, memo: Memo): Extract<Look<Deployed>, { waiting: string }> => ({
  waiting: what,
  progress: { done: 0, total: null, what },
  memo,
});

const backAgain = ({ awaySince }: Memo, { log }: Context): Partial<Memo> => {
  if (awaySince !== null) log("Dokploy answers again.");
  return { awaySince: null };
};

/** Nothing is ordered yet: that is for the next look, which can tell then what came of it. */
const begin = async (dokploy: Dokploy, { attempt, results, signal }: Context): Promise<Look<Deployed>> => {
  const rows = await dokploy.deployments(results["creating-application"].applicationId, signal);
  const over = rows.filter((one) => attempt === 1 || hasFailed(one)).map(({ deploymentId }) => deploymentId);
  const fresh = { ordered: false, unseen: 0, lines: 0, awaySince: null, wasAway: false, orderedAnew: false };
  return { ...again("ordering the deployment", { ...fresh, over }), nextInMs: 0 };
};

const goOn = async (dokploy: Dokploy, memo: Memo, ctx: Context): Promise<Look<Deployed>> => {
  const { signal, log, results } = ctx;
  const { applicationId, ...service } = results["creating-application"];
  const watched: Watched = {
    dokploy,
    applicationId,
    mark: markOf(ctx.runId),
    over: new Set(memo.over),
    everyMs: 0,
  };
  if (!memo.ordered) {
    const there = await isUnderWay(watched, signal);
    if (there) log("The deployment that this run ordered before is there; watching it on.");
    else {
      await order(watched, service, signal);
      log("Dokploy accepted the deployment.");
    }
    return { ...again("waiting for Dokploy to begin", { ...memo, ordered: true }), nextInMs: 0 };
  }
  const own = ownOf(watched, await dokploy.deployments(applicationId, signal));
  if (own === undefined) {
    const before = await placeInQueue(watched, signal);
    const unseen = before === null ? memo.unseen + 1 : 0;
    if (unseen > mostLooksUnseen) return orderAnew(memo, [], ctx, lost());
    return again(before === null ? "waiting for Dokploy to begin" : queuedSentence(before), {
      ...memo,
      unseen,
    });
  }
  // Its file is made a moment after the deployment's row.
  const lines: readonly string[] = await dokploy
    .deploymentLog(own.deploymentId, signal)
    .catch(noneIfUnreadable);
  for (const line of lines.slice(memo.lines)) log(line);
  if (own.status === "done") return { done: { deploymentId: own.deploymentId, replaces: replacedBy(own) } };
  if (own.status === "cancelled") return orderAnew(memo, [own.deploymentId], ctx, failure(own, lines));
  if (hasFailed(own)) throw failure(own, lines);
  return again("Dokploy deploys", { ...memo, unseen: 0, lines: Math.max(memo.lines, lines.length) });
};

/** What Dokploy's own restart ended is no failure of the stack; once, and anything else fails for that reason. */
const orderAnew = (memo: Memo, over: readonly string[], { log }: Context, reason: Error): Look<Deployed> => {
  if (!memo.wasAway || memo.orderedAnew) throw reason;
  log("Dokploy was started anew meanwhile and dropped the deployment; ordering it again.", "warn");
  const anew = { ...memo, over: [...memo.over, ...over], ordered: false, unseen: 0, lines: 0 };
  return { ...again("ordering the deployment again", { ...anew, orderedAnew: true }), nextInMs: 0 };
};
