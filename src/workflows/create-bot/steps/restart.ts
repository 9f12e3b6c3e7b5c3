import { posix } from "node:path";
import type { WaitOptions } from "#core/workflow.ts";
import type { NodeFacts } from "#openclaw/deps.ts";
import { gatewayUp } from "#openclaw/gateway.ts";
import { type Connected, lookOnNode, type Node } from "#openclaw/node.ts";
import { lookAtRestart, type Restarted, restartLines, restartWait } from "#openclaw/restart.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

/** When the configuration was last changed, and now, in seconds by the node's own clock. */
const ages = ({ stateDir }: NodeFacts) => [
  ...["sh", "-c", 'date -r "$1" +%s.%N; date +%s.%N', "sh"],
  posix.join(stateDir, "openclaw.json"),
];

/** Restarts the gateway, so that all that was written is taken up. */
export const restartAfterChanges = (deps: BotDeps): WaitOptions<BotInput, Connected, Restarted> => ({
  ...restartWait(deps),
  look: (ctx) =>
    lookOnNode(deps, ctx, async (node) => {
      // Where a person tries again, it may have come back by itself, or by theirs.
      if (ctx.attempt > 1 && ctx.look === 1) {
        const uptimeMs = await upSinceChange(node, ctx.results.ssh, ctx.signal);
        if (uptimeMs !== null) {
          ctx.log(`The gateway was started after the configuration last changed: up for ${uptimeMs} ms.`);
          return { done: { uptimeMs } };
        }
      }
      return lookAtRestart(node, ctx.results.ssh, ctx);
    }),
  plan: async (ctx) => ({
    lines: await restartLines(deps, ctx.input, ctx.results.ssh),
    result: { uptimeMs: 0 },
  }),
});

const upSinceChange = async (node: Node, facts: NodeFacts, signal: AbortSignal): Promise<number | null> => {
  const { stdout } = await node.shell(ages(facts));
  const [changedAt = Number.NaN, now = Number.NaN] = stdout.trim().split("\n").map(Number);
  const up = await gatewayUp(node, facts, signal);
  return up !== null && now - up.uptimeMs / 1000 > changedAt ? up.uptimeMs : null;
};
