import { command } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import { shellLine } from "#openclaw/command-lines.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { setAside } from "#workflows/create-bot/set-aside.ts";

const mode = 0o700;
/** Without -p: it fails when the folder is there, so that of two who make it at once one is told. */
const make = (workspace: string) => ["mkdir", "-m", "700", workspace];

/** Makes the bot's workspace, for the node's user only. */
export const makeHome = (deps: BotDeps): DoOptions<BotInput, Connected, { made: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async ({ ssh, mustShell }) => {
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      await mustShell(make(workspace));
      const there = await ssh.stat(workspace, ctx.signal);
      if (there?.kind !== "directory" || there.mode !== mode) {
        throw new AppError(
          "remote-odd",
          `${workspace} on ${ssh.name} is not the private folder that was asked for.`,
          { detail: JSON.stringify(there), canPass: false },
        );
      }
      return { made: workspace };
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async ({ ssh, shell }) => {
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      if (!(await ssh.exists(workspace, ctx.signal))) {
        return { happened: false, checked: `${workspace} is not there.` };
      }
      // The step before proved that nothing was there, and this run alone may use the name: an empty folder is ours.
      const { stdout } = await shell(["ls", "-A", workspace]);
      if (stdout.trim() === "") {
        return { happened: true, result: { made: workspace }, checked: `${workspace} is there and empty.` };
      }
      throw new AppError(
        "conflict",
        `${workspace} has come to be on ${ssh.name} and holds files that this run did not put there. Look at it, then try again.`,
        { detail: stdout, canPass: false },
      );
    }),
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { ssh, mustShell } = node;
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      if (ctx.result === undefined && !(await isEmpty(ssh, workspace, ctx.signal))) return;
      await setAside(node, ctx);
      if (await ssh.exists(workspace, ctx.signal)) await mustShell(["rm", "-r", "--", workspace]);
      if (await ssh.exists(workspace, ctx.signal)) throw stillThere(workspace, ssh.name);
    }),
  plan: (ctx) => {
    const { workspace } = placesOf(ctx.results.ssh, ctx.input);
    return { lines: [shellLine(make(workspace))], result: { made: workspace } };
  },
  detail: ({ made }) => made,
  stopWithinMs: 12_000,
  weightMs: 300,
});

/** A failed attempt may have made it; one that holds something is not ours to remove. */
const isEmpty = async (
  ssh: {
    exec(text: string, options: { signal: AbortSignal }): Promise<{ stdout: string; code: number | null }>;
  },
  folder: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const { stdout, code } = await ssh.exec(command(["ls", "-A", folder]), { signal });
  return code === 0 && stdout.trim() === "";
};

const stillThere = (path: string, node: string) =>
  new AppError("remote-failed", `${path} is still there on ${node}.`, { canPass: false });
