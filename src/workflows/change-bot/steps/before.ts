import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import { accountsToCompare, assertNewToken } from "#openclaw/accounts.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type KnownBot, modelText, readBot } from "#openclaw/known-bot.ts";
import { lookAtBot } from "#openclaw/look-at-bot.ts";
import { type Connected, type NodeContext, readOnNode } from "#openclaw/node.ts";
import { assertKnownModel } from "#openclaw/patch-config.ts";
import { type Change, nodesDefault } from "#workflows/change-bot/start.ts";

interface Asked extends NodeContext<Change, Connected> {
  secret(name: "token"): string;
}

export interface Before extends KnownBot {
  /** When its account was last started, as the gateway says; null where no token changes or nobody says. Left out by runs of earlier versions. */
  startedAt?: number | null;
}

/** Reads what will be put back by an undo, and refuses what cannot come out well before anything is changed. */
export const readBefore = (deps: NodeDeps): DoOptions<Change, Connected, Before, "token"> => ({
  ...lookAtBot(deps, (ctx: Asked, isDry) => look(deps, ctx, isDry)),
  detail: ({ displayName, name, model }) => `${displayName ?? name}, model ${modelText(model)}`,
});

const look = (deps: NodeDeps, ctx: Asked, isDry: boolean): Promise<Before> =>
  readOnNode(deps, ctx, async (node) => {
    const { input, results } = ctx;
    const bot = await readBot(node, results.ssh, input.name);
    if (input.model !== nodesDefault) await assertKnownModel(node, results.ssh, input.model);
    if (!input.hasToken) return bot;
    if (bot.account === null)
      throw new AppError(
        "conflict",
        `“${input.name}” on ${node.ssh.name} has no Telegram account of its own, or several, so there is none whose token could be another.`,
        { field: "token" },
      );
    const seen = await accountsToCompare(node, results.ssh, { signal: ctx.signal, isDry });
    assertNewToken(seen, ctx.secret("token"), { node: node.ssh.name, but: bot.account });
    const startedAt = seen.find(({ accountId }) => accountId === bot.account)?.lastStartAt ?? null;
    return { ...bot, startedAt };
  });
