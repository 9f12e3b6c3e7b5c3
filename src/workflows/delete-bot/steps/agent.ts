import { posix } from "node:path";
import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { addAgent, deleteAgent, deleteAgentWords, isListed } from "#openclaw/agents.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { dropIfEmpty, keep, keptFolder, putBack } from "#openclaw/kept.ts";
import { readBot } from "#openclaw/known-bot.ts";
import { onNode } from "#openclaw/node.ts";
import { configAt, setConfig } from "#openclaw/patch-config.ts";
import type { Doomed, Ready } from "#workflows/delete-bot/doomed.ts";

export interface Deleted {
  /** Where its folder is kept. */
  kept: string;
}

/** What OpenClaw sets by itself when an agent is added, and needs nobody to put back. */
const ownKeys = new Set(["id", "name", "workspace", "agentDir", "identity"]);
const entryFile = "agent.json";

/** Deletes the agent, its folder and its settings kept aside. An undo adds it again over the same folder and sets what it was set to. */
export const deleteIt = (deps: NodeDeps): DoOptions<Doomed, Ready, Deleted> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results, signal } = ctx;
      const { path, workspace } = results.before;
      const folder = keptFolder(results.ssh, input.name, ctx.runId);
      if (await isListed(node, input.name)) {
        const entry = JSON.stringify((await configAt(node, path)) ?? {});
        await node.mustShell(["mkdir", "-p", "-m", "700", folder]);
        await node.ssh.upload(entry, posix.join(folder, entryFile), { mode: 0o600, signal });
      }
      if (workspace !== null) await keep(node, { path: workspace, folder, as: "workspace", signal });
      await deleteAgent(node, results.ssh, input.name, signal);
      return { kept: folder };
    }),
  safeBecause: "An agent that is deleted already stays deleted, and what was kept of it is kept.",
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results, signal } = ctx;
      const { workspace } = results.before;
      const folder = keptFolder(results.ssh, input.name, ctx.runId);
      const kept = posix.join(folder, entryFile);
      if (workspace === null) return;
      if (!(await node.ssh.exists(kept, signal))) return dropIfEmpty(node, folder, signal);
      await putBack(node, { path: workspace, folder, as: "workspace", signal });
      if (!(await isListed(node, input.name))) await addAgent(node, input.name, workspace);
      const { path } = await readBot(node, results.ssh, input.name);
      const entry = JSON.parse((await node.ssh.read(kept, { signal })).toString()) as Record<string, unknown>;
      for (const [key, value] of Object.entries(entry))
        if (!ownKeys.has(key)) await setConfig(node, `${path}.${key}`, JSON.stringify(value));
      for (const [key, value] of Object.entries((entry.identity ?? {}) as Record<string, unknown>))
        await setConfig(node, `${path}.identity.${key}`, JSON.stringify(value));
      await node.ssh.remove(kept, signal);
      await dropIfEmpty(node, folder, signal);
      ctx.log(
        "Its conversations are in the trash of the node's user; they were not put back, nor who was let in by a code.",
        "warn",
      );
    }),
  plan: async ({ input, results, runId }) => {
    const kept = keptFolder(results.ssh, input.name, runId);
    return {
      lines: [
        says(`Moves ${results.before.workspace ?? "its folder"} to ${kept}.`),
        ...(await openclawLines(deps, input, [...deleteAgentWords(input.name), "--json"])),
      ],
      result: { kept },
    };
  },
  detail: ({ kept }) => kept,
  stopWithinMs: 12_000,
  weightMs: 10_000,
});
