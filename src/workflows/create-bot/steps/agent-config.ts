import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentPath } from "#openclaw/agent-path.ts";
import { agentList, anything, identity } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { templateFiles } from "#workflows/create-bot/template.ts";

const identityWords = ({ name, displayName, emoji }: BotInput) => [
  ...["agents", "set-identity", "--agent", name, "--name", displayName],
  ...(emoji === "" ? [] : ["--emoji", emoji]),
];

/** Some versions take the name from IDENTITY.md, and wrote the agent's id into it when they added the agent. */
const putIdentityBack = async (
  { ssh }: Node,
  { results, input, signal, log }: DoContext<BotInput, Connected>,
): Promise<void> => {
  const file = templateFiles(input).find(({ name }) => name === "IDENTITY.md");
  if (file === undefined) return;
  const path = posix.join(placesOf(results.ssh, input).workspace, file.name);
  const now = (await ssh.exists(path, signal)) ? (await ssh.read(path, { signal })).toString() : null;
  if (now === file.text) return;
  await ssh.upload(file.text, path, { mode: 0o600, signal });
  log(`OpenClaw ${results.ssh.version} had written ${path} anew; the bot's name stands in it again.`);
};

/** As OpenClaw shows it; the lists of old versions have no names, so there the configuration is read. */
const shownName = async (
  node: Node,
  { input: { name }, results }: DoContext<BotInput, Connected>,
): Promise<string | null> => {
  const listed = (await node.openclaw.json(["agents", "list"], agentList)).find(({ id }) => id === name);
  if (listed?.identityName !== undefined) return listed.identityName;
  const path = `${await agentPath(node, results.ssh, name)}.identity`;
  return (await node.openclaw.json(["config", "get", path], identity)).name ?? null;
};

/** Gives the agent its name and emoji. OpenClaw has no openclaw.json per agent: these settings are part of the one configuration. */
export const writeAgentConfig = (deps: BotDeps): DoOptions<BotInput, Connected, { displayName: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name, displayName } = ctx.input;
      await node.openclaw.json(identityWords(ctx.input), anything);
      await putIdentityBack(node, ctx);
      const shown = await shownName(node, ctx);
      if (shown !== displayName) {
        throw new AppError("remote-odd", `OpenClaw on ${node.ssh.name} has another name for “${name}”.`, {
          detail: shown ?? "none",
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
