import { says } from "#core/plan-line.ts";
import type { DoOptions, Look, WaitOptions } from "#core/workflow.ts";
import type { NodeDeps, OnNode } from "#openclaw/deps.ts";
import {
  accountsOf,
  gatewayUp,
  isConnected,
  lastSeen,
  longestCommandMs,
  startedAccountsOf,
} from "#openclaw/gateway.ts";
import { type Connected, lookOnNode, readOnNode } from "#openclaw/node.ts";

interface Before {
  /** Accounts that were connected. */
  connected: string[];
}

interface Ready extends Connected {
  before: Before;
}

/** Which Telegram accounts the gateway had connected; none while it is down. */
export const readAccounts = (deps: NodeDeps): DoOptions<OnNode, Connected, Before> => ({
  run: (ctx) =>
    readOnNode(deps, ctx, async (node) => {
      if ((await gatewayUp(node, ctx.results.ssh, ctx.signal)) === null) {
        ctx.log("The gateway is down, so no bot is connected.", "warn");
        return { connected: [] };
      }
      const accounts = await startedAccountsOf(node);
      return { connected: accounts.filter(isConnected).map(({ accountId }) => accountId) };
    }),
  readsOnly: true,
  plan: () => ({ lines: [says("Looks which bots are connected.")], result: { connected: [] } }),
  detail: ({ connected }) => (connected.length === 0 ? "Nobody" : connected.join(", ")),
  stopWithinMs: 12_000,
  weightMs: 3_000,
});

/** Waits for all of them; who does not come back within the connection's limit is told of at the end. */
export const awaitAccounts = (deps: NodeDeps): WaitOptions<OnNode, Ready, { lost: string[] }> => ({
  look: (ctx) =>
    lookOnNode(deps, ctx, async (node): Promise<Look<{ lost: string[] }>> => {
      const isUp = (await gatewayUp(node, ctx.results.ssh, ctx.signal)) !== null;
      const now = isUp ? ((await accountsOf(node)) ?? []) : [];
      const find = (id: string) => now.find(({ accountId }) => accountId === id) ?? null;
      const missing = ctx.results.before.connected.filter((id) => !isConnected(find(id)));
      if (missing.length === 0) return { done: { lost: [] } };
      if (ctx.waitedMs > node.restartLimitMs)
        return { done: { lost: missing.map((id) => `${id}: ${lastSeen(find(id))}`) } };
      return { waiting: `${missing.join(", ")} to connect` };
    }),
  everyMs: deps.lookEveryMs,
  lookLimitMs: longestCommandMs,
  timeoutMs: 70 * 60_000,
  plan: () => ({ lines: [says("Looks until they are connected again.")], result: { lost: [] } }),
  detail: ({ lost }) => (lost.length === 0 ? "All are back" : lost.join(" ")),
  stopWithinMs: 12_000,
  weightMs: 5_000,
});
