import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { type Restarted, restartDetail, restartGateway, restartLines } from "#openclaw/restart.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { Change } from "#workflows/change-bot/start.ts";

const byItself = (version: string) =>
  `The gateway of OpenClaw ${version} takes changes up by itself, so it is not restarted.`;

/** Old versions have to be restarted for what changed. */
export const takeUp = (deps: NodeDeps): DoOptions<Change, Connected, Restarted> => ({
  run: (ctx) => {
    const { version } = ctx.results.ssh;
    if (traitsOf(version).entries) return Promise.resolve(new Skip(byItself(version), { uptimeMs: 0 }));
    return onNode(deps, ctx, (node) => restartGateway(deps, node, ctx.results.ssh, ctx));
  },
  safeBecause: "The gateway is restarted once more.",
  plan: async ({ input, results: { ssh } }) =>
    traitsOf(ssh.version).entries
      ? { lines: [], skip: byItself(ssh.version), result: { uptimeMs: 0 } }
      : { lines: await restartLines(deps, input, ssh), result: { uptimeMs: 0 } },
  detail: restartDetail,
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 4_000,
});
