import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Account } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import {
  accountOf,
  assertNotBlocked,
  gatewayUp,
  isConnected,
  lastSeen,
  untilGiven,
} from "#openclaw/gateway.ts";
import { logsWords, readLogs } from "#openclaw/logs.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

export interface Started {
  /** The bot's name on Telegram, without the @; null when Telegram did not tell. */
  username: string | null;
}

/** Looks until the bot's account runs and is connected, and shows what the gateway's log says of it. Fails at once when it is blocked. */
export const verifyStartup = (deps: BotDeps): DoOptions<BotInput, Connected, Started> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      let isUp = false;
      let seen: Account | null = null;
      const look = async () => {
        isUp = (await gatewayUp(node, ctx.results.ssh, ctx.signal)) !== null;
        if (!isUp) {
          ctx.progress(0, null, "the gateway does not answer");
          return null;
        }
        const account = await accountOf(node, name);
        seen = account;
        assertNotBlocked(account, node.ssh.name);
        ctx.progress(
          0,
          null,
          `account ${account?.lifecycle ?? (account?.running === true ? "running" : "not seen yet")}`,
        );
        return isConnected(account) ? account : null;
      };
      const limits = { everyMs: deps.lookEveryMs, limitMs: node.restartLimitMs, signal: ctx.signal };
      const found = await untilGiven(look, limits);
      const seconds = Math.round(node.restartLimitMs / 1000);
      for (const line of await linesOf(node, name)) ctx.log(line);
      if (found !== null) return { username: found.probe?.bot?.username ?? null };
      throw new AppError(
        "remote-failed",
        isUp
          ? `The account “${name}” did not connect within ${seconds} s on ${node.ssh.name}. ${lastSeen(seen)}`
          : `The gateway of ${node.ssh.name} did not answer for ${seconds} s: it needs attention there.`,
        { canPass: false },
      );
    }),
  readsOnly: true,
  plan: async (ctx: Pick<DoContext<BotInput, Connected>, "input">) => ({
    lines: [
      ...(await openclawLines(
        deps,
        ctx.input,
        ["channels", "status", "--probe", "--timeout", "10000", "--json"],
        logsWords(500),
      )),
      says("Again and again, until the account runs and is connected."),
    ],
    result: { username: null },
  }),
  detail: ({ username }) => (username === null ? "The account is connected" : `@${username} is connected`),
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 6_000,
});

/** What the gateway's log says of this account since its last start. */
const linesOf = async (node: Node, name: string): Promise<string[]> => {
  const messages = (await readLogs(node, 500)).map(({ message }) => message);
  const since = messages.findLastIndex((message) => /restarting|http server listening/.test(message));
  return messages.slice(Math.max(0, since)).filter((message) => message.includes(`[${name}]`));
};
