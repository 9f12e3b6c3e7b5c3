import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { accountOf, gatewayUp, longestCommandMs } from "#openclaw/gateway.ts";
import { lookOnNode } from "#openclaw/node.ts";
import type { Doomed, Ready } from "#workflows/delete-bot/doomed.ts";

const never = "It had no Telegram account of its own.";

/** Waits until the running gateway no longer has the account: a list says what is configured, not what runs. */
export const awaitGone = (deps: NodeDeps): WaitOptions<Doomed, Ready, { gone: true }> => ({
  look: async (ctx): Promise<Look<{ gone: true }> | Skip<{ gone: true }>> => {
    const { account } = ctx.results.before;
    if (account === null) return new Skip(never, { gone: true });
    return lookOnNode(deps, ctx, async (node): Promise<Look<{ gone: true }>> => {
      // One that is down runs nothing, and reads the configuration anew when it comes back.
      const isUp = (await gatewayUp(node, ctx.results.ssh, ctx.signal)) !== null;
      if (!isUp || (await accountOf(node, account))?.running !== true) return { done: { gone: true } };
      if (ctx.waitedMs < node.restartLimitMs) return { waiting: "the gateway to end the account" };
      throw new AppError(
        "remote-failed",
        `The gateway of ${node.ssh.name} still runs the account “${account}”. Restart it, then try again.`,
        { canPass: false },
      );
    });
  },
  everyMs: deps.lookEveryMs,
  lookLimitMs: longestCommandMs,
  timeoutMs: 70 * 60_000,
  plan: () => ({
    lines: [says("Looks until the gateway no longer runs the account.")],
    result: { gone: true },
  }),
  detail: () => "It runs it no more",
  stopWithinMs: 12_000,
  weightMs: 3_000,
});
