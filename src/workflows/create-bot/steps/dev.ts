import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import { shellLine } from "#openclaw/command-lines.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const make = (dev: string) => ["mkdir", "-p", "-m", "700", dev];

/** Makes a folder for the bot's own work inside its workspace. */
export const makeDev = (deps: BotDeps): DoOptions<BotInput, Connected, { dev: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async ({ ssh, mustShell }) => {
      const { dev } = placesOf(ctx.results.ssh, ctx.input);
      await mustShell(make(dev));
      if ((await ssh.stat(dev, ctx.signal))?.kind === "directory") return { dev };
      throw new AppError("remote-odd", `${dev} on ${ssh.name} is not a folder.`, { canPass: false });
    }),
  safeBecause: "A folder that is there already is left as it is.",
  undo: (ctx) =>
    onNode(deps, ctx, async ({ ssh, shell }) => {
      const { dev } = placesOf(ctx.results.ssh, ctx.input);
      // Only when it is empty: what somebody put there is not this run's.
      if (await ssh.exists(dev, ctx.signal)) await shell(["rmdir", dev]);
    }),
  plan: (ctx) => {
    const { dev } = placesOf(ctx.results.ssh, ctx.input);
    return { lines: [shellLine(make(dev))], result: { dev } };
  },
  detail: ({ dev }) => dev,
  stopWithinMs: 12_000,
  weightMs: 300,
});
