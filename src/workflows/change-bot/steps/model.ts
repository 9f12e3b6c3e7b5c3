import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type KnownBot, modelText, readBot } from "#openclaw/known-bot.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { configAt, patchConfig, setConfig } from "#openclaw/patch-config.ts";
import { traitsOf } from "#openclaw/traits.ts";
import { type Change, nodesDefault } from "#workflows/change-bot/start.ts";

interface Ready extends Connected {
  before: KnownBot;
}

const asIs = "Its model stays as it is.";
const wanted = ({ model }: Change): KnownBot["model"] =>
  model === nodesDefault ? null : JSON.stringify(model);

/** Gives the agent another model; the one before comes back by an undo unless somebody has changed it since. */
export const changeModel = (deps: NodeDeps): DoOptions<Change, Ready, { model: string | null }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results } = ctx;
      if (input.model === "") return new Skip(asIs, { model: null });
      await put(node, results, results.before, wanted(input));
      const { model } = await readBot(node, results.ssh, input.name);
      if (model === wanted(input)) return { model };
      throw new AppError("remote-odd", `OpenClaw on ${node.ssh.name} took the model but has another one.`, {
        detail: model ?? "none",
        canPass: false,
      });
    }),
  safeBecause: "The same model is written again.",
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results } = ctx;
      if (input.model === "") return;
      const { before } = results;
      const now = await readBot(node, results.ssh, input.name);
      if (now.model === before.model) return;
      if (now.model !== wanted(input))
        return { stays: `The model ${modelText(now.model)} was set by somebody else since, and stays.` };
      await put(node, results, now, before.model);
    }),
  plan: ({ input, results }) =>
    input.model === ""
      ? { lines: [], skip: asIs, result: { model: null } }
      : {
          lines: [
            says(`Sets ${results.before.path}.model to ${modelText(wanted(input))}, and reads it back.`),
          ],
          result: { model: wanted(input) },
        },
  detail: ({ model }) => modelText(model),
  stopWithinMs: 12_000,
  weightMs: 8_000,
});

const put = async (
  node: Node,
  { ssh: { version } }: Connected,
  { name, path }: KnownBot,
  model: KnownBot["model"],
): Promise<void> => {
  if (traitsOf(version).entries)
    return patchConfig(
      node,
      { agents: { entries: { [name]: { model: model === null ? null : JSON.parse(model) } } } },
      "model",
    );
  const there = `${path}.model`;
  if (model === null && (await configAt(node, there)) === undefined) return;
  await setConfig(node, there, model);
};
