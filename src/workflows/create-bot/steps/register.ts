import type { DoOptions } from "#core/workflow.ts";
import { addAgent, addAgentWords, agentsWords, deleteAgent, hasWorkspace } from "#openclaw/agents.ts";
import { agentList } from "#openclaw/answers.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import { setAside } from "#workflows/create-bot/set-aside.ts";

/** Adds the agent. OpenClaw changes names without a word, so the id that it gives back has to be the one that was asked for. */
export const registerAgent = (deps: BotDeps): DoOptions<BotInput, Connected, { agentId: string }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      await addAgent(node, name, workspace).catch(async (error: unknown) => {
        // The command of an attempt that lost its connection may have ended only now.
        if (ctx.attempt === 1 || !(await hasWorkspace(node, name, workspace))) throw error;
      });
      return { agentId: name };
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      return (await hasWorkspace(node, name, placesOf(ctx.results.ssh, ctx.input).workspace))
        ? { happened: true, result: { agentId: name }, checked: `OpenClaw lists the agent “${name}”.` }
        : { happened: false, checked: `OpenClaw does not list an agent “${name}” with this workspace.` };
    }),
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const { workspace } = placesOf(ctx.results.ssh, ctx.input);
      // An agent of this name with another workspace is somebody else's by now.
      const listed = (await node.openclaw.json(agentsWords, agentList)).find(({ id }) => id === name);
      if (listed !== undefined && listed.workspace !== workspace) return;
      await setAside(node, ctx);
      await deleteAgent(node, ctx.results.ssh, name, ctx.signal);
      ctx.log("OpenClaw moves the files of an agent that it deletes into the trash of the node's user.");
    }),
  plan: async (ctx) => {
    const { name } = ctx.input;
    const { workspace } = placesOf(ctx.results.ssh, ctx.input);
    const words = [...addAgentWords(name, workspace), "--json"];
    return {
      lines: await openclawLines(deps, ctx.input, words, [...agentsWords, "--json"]),
      result: { agentId: name },
    };
  },
  detail: ({ agentId }) => `Agent ${agentId}`,
  stopWithinMs: 12_000,
  weightMs: 10_000,
});
