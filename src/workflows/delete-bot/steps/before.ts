import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type KnownBot, readBot } from "#openclaw/known-bot.ts";
import { lookAtBot } from "#openclaw/look-at-bot.ts";
import { type Connected, type NodeContext, readOnNode } from "#openclaw/node.ts";
import type { Doomed } from "#workflows/delete-bot/doomed.ts";

/** Reads what there is, and refuses what must not be deleted: OpenClaw moves a workspace into the trash whoever else works in it. */
export const readDoomed = (deps: NodeDeps): DoOptions<Doomed, Connected, KnownBot> => ({
  ...lookAtBot(deps, (ctx: NodeContext<Doomed, Connected>) => look(deps, ctx)),
  detail: ({ workspace, account }) =>
    `${workspace ?? "No folder"}, ${account === null ? "no Telegram account of its own" : `Telegram account ${account}`}`,
});

const look = (deps: NodeDeps, ctx: NodeContext<Doomed, Connected>): Promise<KnownBot> =>
  readOnNode(deps, ctx, async (node) => {
    const { name } = ctx.input;
    const bot = await readBot(node, ctx.results.ssh, name);
    const refuse = (why: string) => new AppError("conflict", why, { field: "name" });
    if (bot.isDefault || name === "main")
      throw refuse(
        `“${name}” is the agent that OpenClaw on ${node.ssh.name} falls back to, and is never deleted.`,
      );
    if (bot.sharesWith.length > 0)
      throw refuse(
        `The folder of “${name}” on ${node.ssh.name} is that of ${bot.sharesWith.join(", ")} as well, and OpenClaw would take it away with it. Give them folders of their own first.`,
      );
    return bot;
  });
