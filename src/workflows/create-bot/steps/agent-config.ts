import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentList, anything } from "#workflows/create-bot/answers.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { type Connected, onNode } from "#workflows/create-bot/node.ts";
import { openclawLines, says } from "#workflows/create-bot/planned.ts";

const identity = ({ name, displayName, emoji }: BotInput) => [
  ...["agents", "set-identity", "--agent", name, "--name", displayName],
  ...(emoji === "" ? [] : ["--emoji", emoji]),
];

/** Gives the agent its name and emoji. OpenClaw has no openclaw.json per agent: these settings are part of the one configuration. */
export const writeAgentConfig = (deps: BotDeps): DoOptions<BotInput, Connected, { displayName: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async ({ openclaw, ssh }) => {
      const { name, displayName } = ctx.input;
      await openclaw.json(identity(ctx.input), anything);
      const listed = (await openclaw.json(["agents", "list"], agentList)).find((one) => one.id === name);
      if (listed?.identityName !== displayName) {
        throw new AppError(
          "remote-odd",
          `OpenClaw on ${ssh.name} has another name for the agent “${name}”.`,
          {
            detail: JSON.stringify(listed),
            canPass: false,
          },
        );
      }
      return { displayName };
    }),
  safeBecause: "It sets the same name and emoji again.",
  plan: async (ctx) => ({
    lines: [
      says("OpenClaw keeps an agent's settings in its one configuration, so no file of its own is written."),
      ...(await openclawLines(deps, ctx.input, [...identity(ctx.input), "--json"])),
    ],
    result: { displayName: ctx.input.displayName },
  }),
  detail: ({ displayName }) => displayName,
  stopWithinMs: 12_000,
  weightMs: 4_000,
});
