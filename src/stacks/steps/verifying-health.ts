import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import type { Visit } from "#connectors/dokploy/visit.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import { noneIfUnreadable } from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import type { StackBase } from "#stacks/input.ts";
import { lookThroughOutages } from "#stacks/outages.ts";
import { whyEnded } from "#stacks/reason.ts";
import type { UsedService } from "#stacks/service.ts";
import type { Turnover } from "#stacks/turnover.ts";
import type { UsedDomain } from "./creating-domain.ts";
import type { Deployed } from "./deploying.ts";

export interface Healthy {
  url: string;
  /** Null: the stack runs, but its certificate has not been issued, so its page could not be looked at. */
  status: number | null;
  /** What proves that it is the new version that answered; null when this key may not see containers. */
  container: string | null;
}

type Earlier = {
  "creating-application": UsedService;
  "creating-domain": UsedDomain;
  deploying: Deployed;
};
type Context<I = StackBase> = WaitContext<I, Earlier>;

/** What depends on what kind of stack it is. */
export interface Containers<I extends StackBase = StackBase> {
  /** How far the new ones have taken the place of the former; null when they cannot be seen. */
  look(dokploy: Dokploy, ctx: Context<I>): Promise<Turnover | null>;
  /** What they wrote last. */
  output(dokploy: Dokploy, ctx: Context<I>): Promise<readonly string[]>;
  /** For a plan. */
  plan: string;
}

/** Looks that Dokploy answered: an outage of its own is no time in which the stack was not healthy. */
interface Memo {
  answered: number;
}

/** A page may take as long as the pause between looks, within these bounds. */
const leastTimeLimitMs = 1_000;
const mostTimeLimitMs = 30_000;

/** Between looks when nothing but the certificate is missing. */
const certificateEveryMs = 30_000;

/**
 * “Done” in Dokploy means that the order reached the swarm. The page alone proves nothing either: the former container answers it until
 * the new one runs, and again after the swarm went back to it. So first the containers are looked at, then the page.
 */
export const verifyHealth = <I extends StackBase>(
  deps: StackDeps,
  containers: Containers<I>,
): WaitOptions<I, Earlier, Healthy> => ({
  look: lookThroughOutages(deps, async (ctx: Context<I>): Promise<Look<Healthy>> => {
    const { input, results, signal, log, now } = ctx;
    const memo: Memo = { answered: ((ctx.memo as Memo | undefined)?.answered ?? 0) + 1 };
    const { healthEveryMs, healthTimeoutMs } = input;
    const beganAt = now();
    const dokploy = await deps.connect(input.connectionId);
    const seen = await containers.look(dokploy, ctx);
    const output = () => containers.output(dokploy, ctx).catch(noneIfUnreadable);
    // From one look's beginning to the next, so that a page that hangs is given no more time than one that refuses.
    const again = (waiting: string, everyMs = healthEveryMs): Look<Healthy> => {
      log(waiting);
      return { waiting, memo, nextInMs: Math.max(0, everyMs - (now() - beganAt)) };
    };
    // Counted in looks, because a look that is tried again by a person has the whole time anew.
    const late = memo.answered - healthTimeoutMs / healthEveryMs;
    if (seen?.is === "failed" && seen.next !== "starts again") throw brokenUpdate(seen, await output());
    if (seen !== null && seen.is !== "over") {
      // However short a time somebody gave: one that starts at once could not have stayed any sooner.
      if (late > deps.monitorMs / healthEveryMs) throw notHealthy(seen, wordOf(seen), await output(), ctx);
      return again(wordOf(seen));
    }
    const url = `${results["creating-domain"].origin}${input.healthPath}`;
    const timeLimitMs = Math.min(mostTimeLimitMs, Math.max(leastTimeLimitMs, healthEveryMs));
    const container = seen === null ? null : seen.what;
    let status: number | null = null;
    let found: Visit | null = null;
    let at = url;
    for (const each of [url, ...(results["creating-domain"].more ?? []).map((one) => one.url)]) {
      at = each;
      found = await deps.visit(each, signal, { timeLimitMs });
      const answered = healthyStatus(found, input);
      if (each === url) status = answered;
      if (answered === null) break;
      found = null;
    }
    if (found === null) {
      if (container !== null) log(container);
      return { done: { url, status, container } };
    }
    if (found.healthy) throw new Error("a healthy page has a status");
    if (late <= 0) return again(found.sentence);
    if (found.why !== "tls") throw notHealthy(seen, found.sentence, await output(), ctx);
    // The stack itself runs: removing it would only make the next try order a certificate again.
    if (late > deps.certificateMs / certificateEveryMs) return { done: { url: at, status: null, container } };
    return again(`The stack is deployed and runs. ${found.sentence}`, certificateEveryMs);
  }),
  everyMs: 5_000,
  timeoutMs: 24 * 3_600_000,
  whilePaused: "The stack itself is deployed and goes on starting in Dokploy.",
  plan: ({ input, results }) => {
    const url = `${results["creating-domain"].origin}${input.healthPath}`;
    const every = `every ${input.healthEveryMs / 1000} s for at most ${input.healthTimeoutMs / 1000} s`;
    return {
      lines: [says(containers.plan), says(`Then looks at ${url} ${every}, until it answers.`)],
      result: { url, status: 200, container: null },
    };
  },
  detail: ({ url, status, container }) =>
    `${url} ${status === null ? "has no certificate yet" : `answers ${status}`}${container === null ? "; which version answered cannot be told" : ""}`,
  weightMs: 500,
});

const healthyStatus = (found: Visit, { loginIsHealthy }: StackBase): number | null => {
  if (found.healthy) return found.status;
  return loginIsHealthy && (found.status === 401 || found.status === 403) ? found.status : null;
};

const wordOf = (seen: Turnover): string => {
  switch (seen.is) {
    case "over":
      return "";
    case "under way":
      return seen.word;
    case "failed":
      return `${whyEnded(seen.tasks, [])} It is started again.`;
    default:
      return seen satisfies never;
  }
};

const brokenUpdate = (
  { tasks, next }: Extract<Turnover, { is: "failed" }>,
  output: readonly string[],
): AppError =>
  new AppError(
    "remote-failed",
    `${whyEnded(tasks, output, { besideFormer: next === "goes back" })} ${
      next === "goes back"
        ? "The new version did not stay, so the swarm goes back to the former one."
        : "Nothing starts it again: the file gives it no “restart:”."
    }`,
    {
      canPass: false,
      detail: output.join("\n"),
      // These containers have ended for good: looking at them again would find the same.
      wayOn: { back: "deploying", why: "to deploy it once more" },
    },
  );

const notHealthy = (
  seen: Turnover | null,
  sentence: string,
  output: readonly string[],
  { input }: Context,
): AppError => {
  const late = `The stack was deployed but was not healthy within ${Math.round(input.healthTimeoutMs / 1000)} s.`;
  return new AppError(
    "timed-out",
    seen?.is === "failed" ? `${whyEnded(seen.tasks, output)} ${late}` : `${late} ${sentence}`,
    { canPass: false, detail: output.join("\n") },
  );
};
