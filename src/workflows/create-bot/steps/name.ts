import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentList, bindingList, channelList, patchTried } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import type { NodeFacts } from "#openclaw/deps.ts";
import { accountsOf, gatewayUp } from "#openclaw/gateway.ts";
import { type Connected, type Node, type NodeContext, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import { needsPlugin } from "#openclaw/plugin.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

/** What later steps need and may have to make: an undo leaves alone what was there. */
export interface Before {
  hadSecrets: boolean;
  hadPlugin: boolean;
}

const agents = ["agents", "list"];
const channels = ["channels", "list"];
const bindings = ["agents", "bindings"];

/**
 * Makes sure, before anything is made, that nothing of this name is there (no agent, no folder, no account, no binding: whatever is there
 * is somebody's), that no other bot of the node has this token, and that OpenClaw knows the model.
 */
export const checkName = (deps: BotDeps): DoOptions<BotInput, Connected, Before, "token"> => ({
  run: (ctx) => look(deps, ctx),
  readsOnly: true,
  plan: async (ctx) => {
    const { workspace, agent } = placesOf(ctx.results.ssh, ctx.input);
    const asked = [agents, channels, bindings].map((words) => [...words, "--json"]);
    return {
      lines: [
        ...(await openclawLines(deps, ctx.input, ...asked)),
        says(`Looks whether ${workspace} or ${agent} is there, and whether another bot has this token.`),
      ],
      result: await look(deps, ctx),
    };
  },
  detail: () => "Nothing of this name is there",
  stopWithinMs: 12_000,
  weightMs: 4_000,
});

interface Asked extends NodeContext<BotInput, Connected> {
  secret(name: "token"): string;
}

const look = (deps: BotDeps, ctx: Asked): Promise<Before> =>
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
      await assertNewToken(node, ctx);
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

/** A Telegram token begins with the bot's own number, which the gateway tells of each account that it runs. */
const assertNewToken = async (node: Node, ctx: Asked): Promise<void> => {
  // A gateway that is down would be waited for.
  if ((await gatewayUp(node, ctx.results.ssh, ctx.signal)) === null) return;
  const botId = Number(ctx.secret("token").split(":")[0]);
  const other = (await accountsOf(node)).find(({ probe }) => probe?.bot?.id === botId);
  if (other === undefined) return;
  throw new AppError(
    "conflict",
    `The account “${other.accountId}” on ${node.ssh.name} is this very Telegram bot already, and one bot can have one account only. Get another token from @BotFather.`,
    { field: "token" },
  );
};

/** Tried as the node's default, which changes nothing and is the only place that OpenClaw looks at closely. */
const assertKnownModel = async ({ openclaw, ssh }: Node, facts: NodeFacts, model: string): Promise<void> => {
  if (model === "" || !traitsOf(facts.version).entries) return;
  const stdin = JSON.stringify({ agents: { defaults: { model: { primary: model } } } });
  const tried = await openclaw.json(["config", "patch", "--stdin", "--dry-run"], patchTried, { stdin });
  if (tried.ok) return;
  throw new AppError(
    "bad-input",
    `OpenClaw on ${ssh.name} does not take the model “${model}”: ${tried.errors.map(({ message }) => message).join(" ")}`,
    { field: "model" },
  );
};
