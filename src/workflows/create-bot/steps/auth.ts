import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { authList } from "#openclaw/answers.ts";
import { openclawLines, shellLine } from "#openclaw/command-lines.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const list = (name: string) => ["models", "auth", "list", "--agent", name];
const folder = (agentDir: string) => ["mkdir", "-p", "-m", "700", agentDir];
const link = (target: string, path: string) => ["ln", "-s", target, path];

/** Lets the bot use main's model credentials: by a link on old versions; new ones share them by themselves, and a link would do harm. */
export const linkAuth = (deps: BotDeps): DoOptions<BotInput, Connected, { linked: string | null }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { ssh } = node;
      const { version } = ctx.results.ssh;
      if (traitsOf(version).sharedAuth) return new Skip(shared(version), { linked: null });
      const { agentDir, authLink, authTarget } = placesOf(ctx.results.ssh, ctx.input);
      await node.mustShell(folder(agentDir));
      const there = await ssh.stat(authLink, ctx.signal);
      if (there === null) await node.mustShell(link(authTarget, authLink));
      const target = (await node.mustShell(["readlink", authLink])).stdout.trim();
      if (target !== authTarget) {
        throw new AppError("conflict", `${authLink} on ${ssh.name} is there already and leads elsewhere.`, {
          detail: target,
          canPass: false,
        });
      }
      if ((await credentials(node, ctx.input.name)) === 0) {
        throw new AppError(
          "remote-odd",
          `${authLink} leads to main's credentials on ${ssh.name}, but OpenClaw finds none there. Give main a model credential, then try again.`,
          { canPass: false },
        );
      }
      return { linked: authLink };
    }),
  safeBecause: "A link that is there already is looked at and left as it is.",
  undo: (ctx) =>
    onNode(deps, ctx, async ({ ssh }) => {
      if (traitsOf(ctx.results.ssh.version).sharedAuth) return;
      const { authLink } = placesOf(ctx.results.ssh, ctx.input);
      if ((await ssh.stat(authLink, ctx.signal))?.kind === "link") await ssh.remove(authLink, ctx.signal);
    }),
  plan: async (ctx) => {
    const { version } = ctx.results.ssh;
    if (traitsOf(version).sharedAuth) return { lines: [], skip: shared(version), result: { linked: null } };
    const { agentDir, authLink, authTarget } = placesOf(ctx.results.ssh, ctx.input);
    return {
      lines: [
        shellLine(folder(agentDir)),
        shellLine(link(authTarget, authLink)),
        ...(await openclawLines(deps, ctx.input, [...list(ctx.input.name), "--json"])),
      ],
      result: { linked: authLink },
    };
  },
  detail: ({ linked }) => (linked === null ? "" : `${posix.basename(linked)} leads to main's`),
  stopWithinMs: 12_000,
  weightMs: 3_000,
});

const credentials = async ({ openclaw }: Node, name: string): Promise<number> =>
  (await openclaw.json(list(name), authList)).profiles.length;

/** Whether there are any is told after the restart, where all is read back. */
const shared = (version: string): string =>
  `OpenClaw ${version} lets all agents use the same credentials, so no link is needed.`;
