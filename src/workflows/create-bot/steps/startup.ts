import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { WaitOptions } from "#core/workflow.ts";
import type { Account } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import {
  accountOf,
  accountsWords,
  assertNotBlocked,
  gatewayUp,
  isConnected,
  lastSeen,
  longestCommandMs,
} from "#openclaw/gateway.ts";
import { logsWords, readLogs } from "#openclaw/logs.ts";
import { type Connected, lookOnNode, type Node } from "#openclaw/node.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

export interface Started {
  /** The bot's name on Telegram, without the @; null when Telegram did not tell. */
  username: string | null;
}

/** Looks until the bot's account runs and is connected, and shows what the gateway's log says of it. Fails at once when it is blocked. */
export const verifyStartup = (deps: BotDeps): WaitOptions<BotInput, Connected, Started> => ({
  look: (ctx) =>
    lookOnNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const isUp = (await gatewayUp(node, ctx.results.ssh, ctx.signal)) !== null;
      const account = isUp ? await accountOf(node, name) : null;
      if (isUp) assertNotBlocked(account, node.ssh.name);
      const connected = isConnected(account) ? account : null;
      const late = ctx.waitedMs > node.restartLimitMs;
      if (connected !== null || late) for (const line of await linesOf(node, name)) ctx.log(line);
      if (connected !== null) return { done: { username: connected.probe?.bot?.username ?? null } };
      if (!late) return { waiting: isUp ? accountWord(account) : "the gateway to answer" };
      const seconds = Math.round(node.restartLimitMs / 1000);
      throw new AppError(
        "remote-failed",
        isUp
          ? `The account “${name}” did not connect within ${seconds} s on ${node.ssh.name}. ${lastSeen(account)}`
          : `The gateway of ${node.ssh.name} did not answer for ${seconds} s: it needs attention there.`,
        { canPass: false },
      );
    }),
  everyMs: deps.lookEveryMs,
  lookLimitMs: longestCommandMs,
  plan: async (ctx) => ({
    lines: [
      ...(await openclawLines(deps, ctx.input, [...accountsWords, "--json"], logsWords(500))),
      says("Again and again, until the account runs and is connected."),
    ],
    result: { username: null },
  }),
  detail: ({ username }) => (username === null ? "The account is connected" : `@${username} is connected`),
  timeoutMs: 70 * 60_000,
  stopWithinMs: 12_000,
  weightMs: 6_000,
});

const accountWord = (account: Account | null): string =>
  `the account, which is ${account?.lifecycle ?? (account?.running === true ? "running" : "not seen yet")}`;

/** What the gateway's log says of this account since its last start. */
const linesOf = async (node: Node, name: string): Promise<string[]> => {
  const messages = (await readLogs(node, 500)).map(({ message }) => message);
  const since = messages.findLastIndex((message) => /restarting|http server listening/.test(message));
  return messages.slice(Math.max(0, since)).filter((message) => message.includes(`[${name}]`));
};
