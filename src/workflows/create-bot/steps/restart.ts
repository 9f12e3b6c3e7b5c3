import { posix } from "node:path";
import type { DoOptions } from "#core/workflow.ts";
import type { NodeFacts } from "#openclaw/deps.ts";
import { gatewayUp } from "#openclaw/gateway.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { type Restarted, restartDetail, restartGateway, restartLines } from "#openclaw/restart.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

/** When the configuration was last changed, and now, in seconds by the node's own clock. */
const ages = ({ stateDir }: NodeFacts) => [
  ...["sh", "-c", 'date -r "$1" +%s.%N; date +%s.%N', "sh"],
  posix.join(stateDir, "openclaw.json"),
];

/** Restarts the gateway, so that all that was written is taken up. */
export const restartAfterChanges = (deps: BotDeps): DoOptions<BotInput, Connected, Restarted> => ({
  run: (ctx) => onNode(deps, ctx, (node) => restartGateway(deps, node, ctx.results.ssh, ctx)),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { stdout } = await node.shell(ages(ctx.results.ssh));
      const [changedAt = Number.NaN, now = Number.NaN] = stdout.trim().split("\n").map(Number);
      const up = await gatewayUp(node, ctx.results.ssh, ctx.signal);
      if (up !== null && now - up.uptimeMs / 1000 > changedAt) {
        const checked = `The gateway has been up for ${up.uptimeMs} ms: it was started after the configuration last changed.`;
        return { happened: true, result: { uptimeMs: up.uptimeMs }, checked };
      }
      return {
        happened: false,
        checked: "The gateway was not seen to start after the configuration last changed.",
      };
    }),
  plan: async (ctx) => ({
    lines: await restartLines(deps, ctx.input, ctx.results.ssh),
    result: { uptimeMs: 0 },
  }),
  detail: restartDetail,
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 8_000,
});
