import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import {
  accountsToCompare,
  assertNewToken,
  bindingsWords as bindings,
  channelsWords as channels,
} from "#openclaw/accounts.ts";
import { agentList, bindingList, channelList } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { type Connected, type NodeContext, readOnNode } from "#openclaw/node.ts";
import { assertKnownModel } from "#openclaw/patch-config.ts";
import { placesOf } from "#openclaw/places.ts";
import { needsPlugin } from "#openclaw/plugin.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

/** What later steps need and may have to make: an undo leaves alone what was there. */
export interface Before {
  hadSecrets: boolean;
  hadPlugin: boolean;
}

const agents = ["agents", "list"];

/**
 * Makes sure, before anything is made, that nothing of this name is there (no agent, no folder, no account, no binding: whatever is there
 * is somebody's), that no other bot of the node has this token, and that OpenClaw knows the model.
 */
export const checkName = (deps: BotDeps): DoOptions<BotInput, Connected, Before, "token"> => ({
  run: (ctx) => look(deps, ctx, false),
  readsOnly: true,
  plan: async (ctx) => {
    const { workspace, agent } = placesOf(ctx.results.ssh, ctx.input);
    const asked = [agents, channels, bindings].map((words) => [...words, "--json"]);
    return {
      lines: [
        ...(await openclawLines(deps, ctx.input, ...asked)),
        says(`Looks whether ${workspace} or ${agent} is there, and whether another bot has this token.`),
      ],
      result: await look(deps, ctx, true),
    };
  },
  detail: () => "Nothing of this name is there",
  stopWithinMs: 12_000,
  weightMs: 4_000,
});

interface Asked extends NodeContext<BotInput, Connected> {
  secret(name: "token"): string;
}

const look = (deps: BotDeps, ctx: Asked, isDry: boolean): Promise<Before> =>
  readOnNode(deps, ctx, async (node) => {
    const { ssh, openclaw } = node;
    const { name } = ctx.input;
    const { workspace, agent, secrets } = placesOf(ctx.results.ssh, ctx.input);
    const accounts = await accountsToCompare(node, ctx.results.ssh, { signal: ctx.signal, isDry });
    const { chat } = await openclaw.json(channels, channelList);
    const taken = [
      (await openclaw.json(agents, agentList)).some((one) => one.id === name) ? `an agent “${name}”` : null,
      chat.telegram?.accounts.includes(name) === true ? `a Telegram account “${name}”` : null,
      (await openclaw.json(bindings, bindingList)).some(
        (one) => one.agentId === name || one.match.accountId === name,
      )
        ? `a binding of “${name}”`
        : null,
      (await ssh.exists(workspace, ctx.signal)) ? `the folder ${workspace}` : null,
      (await ssh.exists(agent, ctx.signal)) ? `the folder ${agent}` : null,
    ].filter((one) => one !== null);
    if (taken.length === 0) {
      assertNewToken(accounts, ctx.secret("token"), { node: ssh.name });
      await assertKnownModel(node, ctx.results.ssh, ctx.input.model);
      return {
        hadSecrets: await ssh.exists(secrets, ctx.signal),
        hadPlugin: !(await needsPlugin(node, ctx.results.ssh)),
      };
    }
    throw new AppError(
      "conflict",
      `The name “${name}” is taken on ${ssh.name}: there is already ${taken.join(" and ")}. Choose another name, or remove what is left of the old bot.`,
      { field: "name" },
    );
  });
