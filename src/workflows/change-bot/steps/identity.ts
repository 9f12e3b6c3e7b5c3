import { AppError } from "#core/errors.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { anything } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { writeIdentity } from "#openclaw/identity-file.ts";
import { type KnownBot, readBot } from "#openclaw/known-bot.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { setConfig } from "#openclaw/patch-config.ts";
import type { Change } from "#workflows/change-bot/start.ts";

interface Ready extends Connected {
  before: KnownBot;
}

const asIs = "Its name and its emoji stay as they are.";

const words = ({ name, displayName, emoji }: Change) => [
  ...["agents", "set-identity", "--agent", name],
  ...(displayName === "" ? [] : ["--name", displayName]),
  ...(emoji === "" ? [] : ["--emoji", emoji]),
];

const isAsked = ({ displayName, emoji }: Change): boolean => displayName !== "" || emoji !== "";

const has = (bot: KnownBot, { displayName, emoji }: Change): boolean =>
  (displayName === "" || bot.shown.name === displayName) && (emoji === "" || bot.shown.emoji === emoji);

/** Gives the agent another name or emoji; what was there is put back by an undo unless somebody has changed it since. */
export const changeIdentity = (deps: NodeDeps): DoOptions<Change, Ready, { changed: boolean }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      if (!isAsked(ctx.input)) return new Skip(asIs, { changed: false });
      await node.openclaw.json(words(ctx.input), anything);
      let now = await readBot(node, ctx.results.ssh, ctx.input.name);
      if (!has(now, ctx.input)) {
        const { displayName, emoji } = ctx.input;
        const asked = { name: displayName || null, emoji: emoji || null };
        await writeIdentity(node, now.workspace, asked, ctx.signal);
        ctx.log(
          `OpenClaw ${ctx.results.ssh.version} takes them from IDENTITY.md, so they stand there as well.`,
        );
        now = await readBot(node, ctx.results.ssh, ctx.input.name);
      }
      if (has(now, ctx.input)) return { changed: true };
      throw new AppError("remote-odd", `OpenClaw on ${node.ssh.name} took the name but has another one.`, {
        detail: JSON.stringify(now),
        canPass: false,
      });
    }),
  safeBecause: "The same name and emoji are written again.",
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results } = ctx;
      if (!isAsked(input)) return;
      const now = await readBot(node, results.ssh, input.name);
      const others: string[] = [];
      for (const part of ["displayName", "emoji"] as const) {
        if (input[part] === "" || now[part] === results.before[part]) continue;
        if (now[part] !== input[part]) {
          others.push(`“${now[part]}” was set by somebody else since, and stays.`);
          continue;
        }
        const path = `${now.path}.identity.${part === "displayName" ? "name" : "emoji"}`;
        await setConfig(node, path, results.before[part]);
      }
      // Only where it was this run that wrote into it.
      const { shown } = await readBot(node, results.ssh, input.name);
      if (has({ ...now, shown }, input))
        await writeIdentity(node, now.workspace, results.before.shown, ctx.signal);
      return others.length === 0 ? undefined : { stays: others.join(" ") };
    }),
  plan: async (ctx) =>
    isAsked(ctx.input)
      ? {
          lines: await openclawLines(deps, ctx.input, [...words(ctx.input), "--json"]),
          result: { changed: true },
        }
      : { lines: [], skip: asIs, result: { changed: false } },
  detail: ({ changed }) => (changed ? "Read back" : ""),
  stopWithinMs: 12_000,
  weightMs: 6_000,
});
