import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { NodeFacts } from "#openclaw/deps.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const begins = "<!-- milepost: tools, begin -->";
const ends = "<!-- milepost: tools, end -->";

/** Tells the bot what it has to work with: in TOOLS.md, or where that is retired in a marked section of AGENTS.md. */
export const writeTools = (deps: BotDeps): DoOptions<BotInput, Connected, { path: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const path = toolsPath(ctx.results.ssh, ctx.input);
      const before = await textOf(node, path, ctx.signal);
      const after =
        `${without(before ?? "").trimEnd()}\n\n${section(ctx.results.ssh, ctx.input)}`.trimStart();
      await node.ssh.upload(after, path, { mode: 0o600, signal: ctx.signal });
      const read = await textOf(node, path, ctx.signal);
      if (read?.includes(begins) !== true) {
        throw new AppError("remote-odd", `${path} on ${node.ssh.name} does not hold what was written.`, {
          canPass: false,
        });
      }
      return { path };
    }),
  safeBecause: "The marked section is replaced, everything around it stays.",
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const path = toolsPath(ctx.results.ssh, ctx.input);
      const now = await textOf(node, path, ctx.signal);
      if (now?.includes(begins) !== true) return;
      const rest = without(now).trimEnd();
      if (rest === "") await node.ssh.remove(path, ctx.signal);
      else await node.ssh.upload(`${rest}\n`, path, { mode: 0o600, signal: ctx.signal });
    }),
  plan: (ctx) => {
    const path = toolsPath(ctx.results.ssh, ctx.input);
    const retired = traitsOf(ctx.results.ssh.version).toolsInAgents
      ? ` (OpenClaw ${ctx.results.ssh.version} has no TOOLS.md any more)`
      : "";
    return {
      lines: [says(`Writes a marked section into ${path} by SFTP${retired}.`)],
      result: { path },
    };
  },
  detail: ({ path }) => `Section “Tools” of ${posix.basename(path)}`,
  stopWithinMs: 12_000,
  weightMs: 300,
});

const toolsPath = (facts: NodeFacts, input: BotInput): string =>
  posix.join(
    placesOf(facts, input).workspace,
    traitsOf(facts.version).toolsInAgents ? "AGENTS.md" : "TOOLS.md",
  );

const section = (facts: NodeFacts, input: BotInput): string => {
  const { dev } = placesOf(facts, input);
  return [
    begins,
    "## Tools",
    "",
    `- You run on ${input.connectionName} as the agent \`${input.name}\` of OpenClaw ${facts.version}.`,
    `- \`${dev}\` is yours to work in.`,
    `- People reach you by the Telegram account \`${input.name}\`.`,
    ends,
    "",
  ].join("\n");
};

const textOf = async ({ ssh }: Node, path: string, signal: AbortSignal): Promise<string | null> =>
  (await ssh.exists(path, signal)) ? (await ssh.read(path, { signal })).toString("utf8") : null;

/** The text without our section. */
const without = (text: string): string => {
  const from = text.indexOf(begins);
  const to = text.indexOf(ends, from);
  return from < 0 || to < 0 ? text : text.slice(0, from).trimEnd() + text.slice(to + ends.length);
};
