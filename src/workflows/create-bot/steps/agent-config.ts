import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentPath } from "#workflows/create-bot/agent-path.ts";
import { openclawLines } from "#workflows/create-bot/command-lines.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { type Connected, onNode } from "#workflows/create-bot/node.ts";
import { anything, identity } from "#workflows/create-bot/openclaw-answers.ts";

const identityWords = ({ name, displayName, emoji }: BotInput) => [
  ...["agents", "set-identity", "--agent", name, "--name", displayName],
  ...(emoji === "" ? [] : ["--emoji", emoji]),
];

/** Gives the agent its name and emoji. OpenClaw has no openclaw.json per agent: these settings are part of the one configuration. */
export const writeAgentConfig = (deps: BotDeps): DoOptions<BotInput, Connected, { displayName: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name, displayName } = ctx.input;
      await node.openclaw.json(identityWords(ctx.input), anything);
      const path = `${await agentPath(node, ctx.results.ssh, name)}.identity`;
      const read = await node.openclaw.json(["config", "get", path], identity);
      if (read.name !== displayName) {
        throw new AppError("remote-odd", `OpenClaw on ${node.ssh.name} has another name for “${name}”.`, {
          detail: JSON.stringify(read),
          canPass: false,
        });
      }
      return { displayName };
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name, displayName, emoji } = ctx.input;
      const path = `${await agentPath(node, ctx.results.ssh, name)}.identity`;
      const { code, stdout } = await node.openclaw.run(["config", "get", path, "--json"]);
      const read = code === 0 ? identity.safeParse(JSON.parse(stdout)).data : undefined;
      return read?.name === displayName && (read.emoji ?? "") === emoji
        ? { happened: true, result: { displayName }, checked: `${path} has this name and emoji.` }
        : { happened: false, checked: `${path} does not have this name and emoji.` };
    }),
  plan: async (ctx) => ({
    lines: [
      says("OpenClaw keeps an agent's settings in its one configuration, so no file of its own is written."),
      ...(await openclawLines(deps, ctx.input, [...identityWords(ctx.input), "--json"])),
    ],
    result: { displayName: ctx.input.displayName },
  }),
  detail: ({ displayName }) => displayName,
  stopWithinMs: 12_000,
  weightMs: 4_000,
});
