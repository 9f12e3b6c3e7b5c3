import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentAdded, agentDeleted, agentList } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const list = ["agents", "list"];
const add = (name: string, workspace: string) => [
  "agents",
  "add",
  name,
  "--workspace",
  workspace,
  "--non-interactive",
];
const remove = (name: string) => ["agents", "delete", name, "--force"];

/** Adds the agent. OpenClaw changes names without a word, so the id that it gives back has to be the one that was asked for. */
export const registerAgent = (deps: BotDeps): DoOptions<BotInput, Connected, { agentId: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      const { agentId } = await node.openclaw
        .json(add(name, workspace), agentAdded)
        .catch(async (error: unknown) => {
          // The command of an attempt that lost its connection may have ended only now.
          if (ctx.attempt > 1 && (await isThere(node, name, workspace))) return { agentId: name };
          throw error;
        });
      if (agentId !== name || !(await isThere(node, name, workspace))) {
        throw new AppError(
          "remote-odd",
          `OpenClaw on ${node.ssh.name} says that it added “${agentId}”, but its list does not show “${name}” with this workspace.`,
          { canPass: false },
        );
      }
      return { agentId };
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      return (await isThere(node, name, placesOf(ctx.results.ssh, ctx.input).workspace))
        ? { happened: true, result: { agentId: name }, checked: `OpenClaw lists the agent “${name}”.` }
        : { happened: false, checked: `OpenClaw does not list an agent “${name}” with this workspace.` };
    }),
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      if (await isThere(node, name, workspace)) {
        const { failed } = await node.openclaw.json(remove(name), agentDeleted);
        if (failed.length > 0 || (await isThere(node, name, workspace))) {
          throw new AppError(
            "remote-failed",
            `OpenClaw on ${node.ssh.name} did not remove the agent whole.`,
            { detail: JSON.stringify(failed), canPass: false },
          );
        }
        ctx.log("OpenClaw moves the files of an agent that it deletes into the trash of the node's user.");
      }
      // OpenClaw leaves the empty folder, which would make the name look taken.
      const { agent, agentDir } = placesOf(ctx.results.ssh, ctx.input);
      for (const folder of [agentDir, agent]) {
        if (await node.ssh.exists(folder, ctx.signal)) await node.shell(["rmdir", folder]);
      }
    }),
  plan: async (ctx) => {
    const { name } = ctx.input;
    const { workspace } = placesOf(ctx.results.ssh, ctx.input);
    const words = [...add(name, workspace), "--json"];
    return {
      lines: await openclawLines(deps, ctx.input, words, [...list, "--json"]),
      result: { agentId: name },
    };
  },
  detail: ({ agentId }) => `Agent ${agentId}`,
  stopWithinMs: 12_000,
  weightMs: 10_000,
});

const isThere = async ({ openclaw }: Node, name: string, workspace: string): Promise<boolean> =>
  (await openclaw.json(list, agentList)).some((one) => one.id === name && one.workspace === workspace);
