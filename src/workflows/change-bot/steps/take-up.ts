import { Skip } from "#core/skip.ts";
import type { WaitOptions } from "#core/workflow.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type Connected, lookOnNode } from "#openclaw/node.ts";
import { lookAtRestart, type Restarted, restartLines, restartWait } from "#openclaw/restart.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { Change } from "#workflows/change-bot/start.ts";

const byItself = (version: string) =>
  `The gateway of OpenClaw ${version} takes changes up by itself, so it is not restarted.`;

/** Old versions have to be restarted for what changed. */
export const takeUp = (deps: NodeDeps): WaitOptions<Change, Connected, Restarted> => ({
  ...restartWait(deps),
  look: async (ctx) => {
    const { ssh } = ctx.results;
    if (traitsOf(ssh.version).entries) return new Skip(byItself(ssh.version), { uptimeMs: 0 });
    return lookOnNode(deps, ctx, (node) => lookAtRestart(node, ssh, ctx));
  },
  plan: async ({ input, results: { ssh } }) =>
    traitsOf(ssh.version).entries
      ? { lines: [], skip: byItself(ssh.version), result: { uptimeMs: 0 } }
      : { lines: await restartLines(deps, input, ssh), result: { uptimeMs: 0 } },
  weightMs: 4_000,
});
