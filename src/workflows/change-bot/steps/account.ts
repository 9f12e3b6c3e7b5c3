import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, WaitOptions } from "#core/workflow.ts";
import { botIdOf } from "#openclaw/accounts.ts";
import type { Account } from "#openclaw/answers.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import {
  accountOf,
  assertNotBlocked,
  gatewayUp,
  isConnected,
  isRefused,
  lastSeen,
  longestCommandMs,
} from "#openclaw/gateway.ts";
import type { KnownBot } from "#openclaw/known-bot.ts";
import { type Connected, lookOnNode } from "#openclaw/node.ts";
import type { Change } from "#workflows/change-bot/start.ts";
import type { Token } from "./token.ts";

interface Ready extends Connected {
  before: KnownBot;
  token: Token;
}

export interface Connects {
  /** The bot's name on Telegram, without the @. */
  username: string | null;
}

const noAccount = "It has no Telegram account of its own, or several, so there is none to wait for.";

/** Waits until the account is connected; after another token, with that: as another bot, or started anew. */
export const awaitAccount = (deps: NodeDeps): WaitOptions<Change, Ready, Connects, "token"> => ({
  look: (ctx) => look(deps, ctx),
  everyMs: deps.lookEveryMs,
  lookLimitMs: longestCommandMs,
  timeoutMs: 70 * 60_000,
  plan: ({ results: { before } }) =>
    before.account === null
      ? { lines: [], skip: noAccount, result: { username: null } }
      : {
          lines: [says(`Looks until the account “${before.account}” is connected.`)],
          result: { username: null },
        },
  detail: ({ username }) => (username === null ? "Connected" : `@${username} is connected`),
  stopWithinMs: 12_000,
  weightMs: 5_000,
});

const look = async (
  deps: NodeDeps,
  ctx: WaitContext<Change, Ready, "token">,
): Promise<Look<Connects> | Skip<Connects>> => {
  const { input, results } = ctx;
  const { account: name } = results.before;
  if (name === null) return new Skip(noAccount, { username: null });
  return lookOnNode(deps, ctx, async (node): Promise<Look<Connects>> => {
    const isLate = ctx.waitedMs > node.restartLimitMs;
    const seconds = Math.round(node.restartLimitMs / 1_000);
    if ((await gatewayUp(node, results.ssh, ctx.signal)) === null) {
      if (!isLate) return { waiting: "the gateway to answer" };
      throw new AppError(
        "remote-failed",
        `The gateway of ${node.ssh.name} did not answer for ${seconds} s: it needs attention there.`,
        { canPass: false },
      );
    }
    const account = await accountOf(node, name);
    const isNew = !input.hasToken || usesNew(account, ctx.secret("token"), results.token);
    if (isNew) assertNotBlocked(account, node.ssh.name);
    if (isNew && isConnected(account)) return { done: { username: account?.probe?.bot?.username ?? null } };
    if (!isLate) return { waiting: isNew ? "the account to connect" : "the account to take the new token" };
    throw new AppError(
      "remote-failed",
      `The account “${name}” did not connect within ${seconds} s on ${node.ssh.name}. ${lastSeen(account)}`,
      { canPass: false },
    );
  });
};

/** Telegram itself says which bot it is; where that is the same one, only an account that was started since has the new token. */
const usesNew = (account: Account | null, token: string, { startedAt }: Token): boolean => {
  const id = account?.probe?.bot?.id;
  if (id !== undefined && id !== null && id !== botIdOf(token)) return false;
  return startedAt === null || (account?.lastStartAt ?? 0) > startedAt || isRefused(account);
};
