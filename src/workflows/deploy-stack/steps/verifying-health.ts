import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { WaitOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import type { UsedDomain } from "./creating-domain.ts";

export interface Healthy {
  url: string;
  status: number;
}

type Earlier = { "creating-domain": UsedDomain };

/** A page may take as long as the pause between looks, within these bounds. */
const leastTimeLimitMs = 1_000;
const mostTimeLimitMs = 30_000;

/** “Done” in Dokploy means that the service was set up, not that it answers: only its URL tells. */
export const verifyHealth = (deps: StackDeps): WaitOptions<StackInput, Earlier, Healthy> => ({
  look: async ({ input, results, look, signal, log, now }) => {
    const url = `${results["creating-domain"].origin}${input.healthPath}`;
    const { healthEveryMs, healthTimeoutMs } = input;
    const timeLimitMs = Math.min(mostTimeLimitMs, Math.max(leastTimeLimitMs, healthEveryMs));
    const beganAt = now();
    const found = await deps.visit(url, signal, { timeLimitMs });
    if (found.healthy) return { done: { url, status: found.status } };
    log(found.sentence);
    // Counted in looks, because a look that is tried again by a person has the whole time anew.
    if (look > healthTimeoutMs / healthEveryMs) {
      throw new AppError(
        "timed-out",
        `The stack was deployed but was not healthy within ${Math.round(healthTimeoutMs / 1000)} s. ${found.sentence}`,
        { canPass: false },
      );
    }
    // From one look's beginning to the next, so that a page that hangs is given no more time than one that refuses.
    return { waiting: found.sentence, nextInMs: Math.max(0, healthEveryMs - (now() - beganAt)) };
  },
  everyMs: 5_000,
  timeoutMs: 24 * 3_600_000,
  whilePaused: "The stack itself is deployed and goes on starting in Dokploy.",
  plan: ({ input, results }) => {
    const url = `${results["creating-domain"].origin}${input.healthPath}`;
    const every = `every ${input.healthEveryMs / 1000} s for at most ${input.healthTimeoutMs / 1000} s`;
    return { lines: [says(`Looks at ${url} ${every}, until it answers.`)], result: { url, status: 200 } };
  },
  detail: ({ url, status }) => `${url} answers ${status}`,
  weightMs: 500,
});
