import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentPath } from "#openclaw/agent-path.ts";
import { isListed } from "#openclaw/agents.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import { type Connected, onNode } from "#openclaw/node.ts";
import { patchConfig, patchWords } from "#openclaw/patch-config.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const nothingToWrite =
  "No model was chosen, so the bot uses the node's default and nothing has to be written.";

/** Writes the bot's model into OpenClaw's configuration and reads it back. */
export const writeConfig = (deps: BotDeps): DoOptions<BotInput, Connected, { model: string | null }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { model, name } = ctx.input;
      if (model === "") return new Skip(nothingToWrite, { model: null });
      const path = `${await agentPath(node, ctx.results.ssh, name)}.model`;
      if (traitsOf(ctx.results.ssh.version).entries) await patchConfig(node, patchOf(name, model), "model");
      else await node.openclaw.must(["config", "set", path, model]);
      const { stdout } = await node.openclaw.must(["config", "get", path, "--json"]);
      if (stdout.trim() !== JSON.stringify(model)) {
        throw new AppError("remote-odd", `OpenClaw on ${node.ssh.name} took the model but has another one.`, {
          detail: stdout,
          canPass: false,
        });
      }
      return { model };
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { model, name } = ctx.input;
      const path = `${await agentPath(node, ctx.results.ssh, name)}.model`;
      const { code, stdout } = await node.openclaw.run(["config", "get", path, "--json"]);
      return code === 0 && stdout.trim() === JSON.stringify(model)
        ? { happened: true, result: { model }, checked: `${path} is “${model}”.` }
        : { happened: false, checked: `${path} is not “${model}”.` };
    }),
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      if (ctx.input.model === "" || !(await isListed(node, ctx.input.name))) return;
      // The agent is this run's own, so there was no model before.
      const path = `${await agentPath(node, ctx.results.ssh, ctx.input.name)}.model`;
      const { code } = await node.openclaw.run(["config", "get", path, "--json"]);
      if (code === 0) await node.openclaw.must(["config", "unset", path]);
    }),
  plan: async (ctx) => {
    const { model, name } = ctx.input;
    if (model === "") return { lines: [], skip: nothingToWrite, result: { model: null } };
    if (!traitsOf(ctx.results.ssh.version).entries) {
      const set = ["config", "set", "agents.list[i].model", model];
      return { lines: await openclawLines(deps, ctx.input, set), result: { model } };
    }
    return {
      lines: [
        ...(await openclawLines(deps, ctx.input, patchWords)),
        says(`With ${JSON.stringify(patchOf(name, model))} on its standard input.`),
      ],
      result: { model },
    };
  },
  detail: ({ model }) => (model === null ? "" : `Model ${model}`),
  stopWithinMs: 12_000,
  weightMs: 8_000,
});

const patchOf = (name: string, model: string) => ({ agents: { entries: { [name]: { model } } } });
