import { setTimeout as sleep } from "node:timers/promises";
import type { Deployment, Dokploy } from "#connectors/dokploy/dokploy.ts";
import { stopped } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import { markOf } from "#workflows/deploy-stack/part-names.ts";
import type { UsedApplication } from "./creating-application.ts";

export interface Deployed {
  deploymentId: string;
}

type Earlier = { "creating-application": UsedApplication };
type Context = DoContext<StackInput, Earlier>;

/** A deployment that is neither queued nor listed so many looks after it was ordered will not come any more. */
const mostLooksUnseen = 15;
const timeoutMs = 30 * 60_000;

/**
 * Orders a deployment and watches it to its end; its log is the step's log. Dokploy does not say which deployment it queued, so the
 * title names the run. After an interruption the one that was ordered before is looked for and watched on; one that failed is not, so
 * that trying again orders a new one.
 */
export const deployStack = (deps: StackDeps): DoOptions<StackInput, Earlier, Deployed> => ({
  run: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const { applicationId } = ctx.results["creating-application"];
    try {
      const before = await dokploy.deployments(applicationId, ctx.signal);
      const over = new Set(before.filter((one) => ctx.attempt === 1 || hasFailed(one)).map(idOf));
      const watched = { dokploy, applicationId, over, everyMs: deps.lookEveryMs };
      if (await isUnderWay(watched, before, ctx)) {
        ctx.log("The deployment that this run ordered before is there; watching it on.");
      } else {
        await dokploy.deploy(applicationId, markOf(ctx.runId), ctx.signal);
        ctx.log("Dokploy accepted the deployment.");
      }
      return await watch(watched, ctx);
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
      result: { deploymentId: "" },
    };
  },
  detail: ({ deploymentId }) => `Deployed (${deploymentId})`,
  timeoutMs,
  weightMs: 1_000,
});

interface Watched {
  dokploy: Dokploy;
  applicationId: string;
  /** Deployments that are not the one to watch. */
  over: ReadonlySet<string>;
  everyMs: number;
}

const idOf = ({ deploymentId }: Deployment): string => deploymentId;

const hasFailed = ({ status }: Deployment): boolean => status === "error" || status === "cancelled";

const isUnderWay = async (watched: Watched, rows: readonly Deployment[], ctx: Context): Promise<boolean> =>
  ctx.attempt > 1 && (ownOf(watched, rows, ctx) !== undefined || (await placeInQueue(watched, ctx)) !== null);

const ownOf = ({ over }: Watched, rows: readonly Deployment[], { runId }: Context): Deployment | undefined =>
  rows.find((row) => row.title.includes(markOf(runId)) && !over.has(row.deploymentId));

/** How many are before ours in the queue; null when ours is not in it. */
const placeInQueue = async (
  { dokploy, applicationId }: Watched,
  { runId, signal }: Context,
): Promise<number | null> => {
  const jobs = await dokploy.queue(signal);
  const at = jobs.findIndex(
    (job) => job.applicationId === applicationId && (job.title?.includes(markOf(runId)) ?? false),
  );
  return at === -1 ? null : at;
};

const watch = async (watched: Watched, ctx: Context): Promise<Deployed> => {
  const { dokploy, applicationId, everyMs } = watched;
  const log = createLogFollower(dokploy, ctx);
  const tell = createTeller(ctx);
  let unseen = 0;
  for (;;) {
    const own = ownOf(watched, await dokploy.deployments(applicationId, ctx.signal), ctx);
    if (own === undefined) {
      const before = await placeInQueue(watched, ctx);
      unseen = before === null ? unseen + 1 : 0;
      if (unseen > mostLooksUnseen) throw lost();
      tell(before === null ? "waiting for Dokploy to begin" : queuedSentence(before));
    } else {
      const lines = await log.follow(own.deploymentId);
      if (own.status === "done") return { deploymentId: own.deploymentId };
      if (hasFailed(own)) throw failure(own, lines);
      tell("Dokploy deploys");
    }
    await sleep(everyMs, undefined, { signal: ctx.signal });
  }
};

const queuedSentence = (before: number): string =>
  before === 0 ? "next in Dokploy's queue" : `in Dokploy's queue, ${before} before it`;

/** Tells what goes on when it is something else than before. */
const createTeller = ({ progress }: Context) => {
  let told = "";
  return (what: string): void => {
    if (what === told) return;
    told = what;
    progress(0, null, what);
  };
};

/** Tells each line of a deployment's log once. */
const createLogFollower = (dokploy: Dokploy, { signal, log }: Context) => {
  let told = 0;
  return {
    follow: async (deploymentId: string): Promise<readonly string[]> => {
      const lines = await dokploy.deploymentLog(deploymentId, signal).catch(noneYet);
      for (const line of lines.slice(told)) log(line);
      told = Math.max(told, lines.length);
      return lines;
    },
  };
};

/** The file of the log is made a moment after the deployment's row. */
const noneYet = (thrown: unknown): string[] => {
  if (thrown instanceof AppError && thrown.code === "not-found") return [];
  throw thrown;
};

const failure = ({ status, errorMessage }: Deployment, lines: readonly string[]): AppError => {
  const reason =
    errorMessage ??
    lines.find((line) => /cannot|failed|denied|not found|no such|timed? ?out/i.test(line)) ??
    lines.at(-1) ??
    "Dokploy gives no reason.";
  return new AppError(
    "remote-failed",
    status === "cancelled"
      ? "The deployment was cancelled in Dokploy."
      : `The deployment failed in Dokploy: “${reason.trim()}” Check the image's name and that the server may pull it.`,
    { canPass: false, detail: lines.slice(-30).join("\n") },
  );
};

const lost = (): AppError =>
  new AppError(
    "remote-odd",
    "Dokploy accepted the deployment, but it is neither in its queue nor in its list. Look into Dokploy, then try again.",
  );

const left = (signal: AbortSignal): AppError =>
  signal.reason instanceof AppError
    ? signal.reason
    : new AppError("cancelled", stopped(signal).message, {
        unconfirmed:
          "Dokploy cannot stop a deployment, so one that has begun goes on there to its end. Undo removes what this run made.",
      });
