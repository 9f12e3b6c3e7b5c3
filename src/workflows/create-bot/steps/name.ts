import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { openclawLines } from "#workflows/create-bot/command-lines.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { type BotContext, type Connected, onNode } from "#workflows/create-bot/node.ts";
import { agentList, bindingList, channelList } from "#workflows/create-bot/openclaw-answers.ts";
import { placesOf } from "#workflows/create-bot/places.ts";
import { needsPlugin } from "#workflows/create-bot/plugin.ts";

/** What later steps need and may have to make: an undo leaves alone what was there. */
export interface Before {
  hadSecrets: boolean;
  hadPlugin: boolean;
}

const agents = ["agents", "list"];
const channels = ["channels", "list"];
const bindings = ["agents", "bindings"];

/** Makes sure that nothing of this name is there: no agent, no folder, no account, no binding. Whatever is there is somebody's. */
export const checkName = (deps: BotDeps): DoOptions<BotInput, Connected, Before> => ({
  run: (ctx) => look(deps, ctx),
  readsOnly: true,
  plan: async (ctx) => {
    const { workspace, agent } = placesOf(ctx.results.ssh, ctx.input);
    const asked = [agents, channels, bindings].map((words) => [...words, "--json"]);
    return {
      lines: [
        ...(await openclawLines(deps, ctx.input, ...asked)),
        says(`Looks whether ${workspace} or ${agent} is there.`),
      ],
      result: await look(deps, ctx),
    };
  },
  detail: () => "Nothing of this name is there",
  stopWithinMs: 12_000,
  weightMs: 4_000,
});

const look = (deps: BotDeps, ctx: BotContext<Connected>): Promise<Before> =>
  onNode(deps, ctx, async (node) => {
    const { ssh, openclaw } = node;
    const { name } = ctx.input;
    const { workspace, agent, secrets } = placesOf(ctx.results.ssh, ctx.input);
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
