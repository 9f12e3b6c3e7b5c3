import type { DoContext } from "#core/step-context.ts";
import { keep, keptFolder, othersFiles } from "#openclaw/kept.ts";
import type { Connected, Node } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotInput } from "./deps.ts";
import { templateFiles } from "./template.ts";

/** An undo takes away what the run made. A workspace that others have put something into since is not removed but put aside, and that is said. */
export const setAside = async (
  node: Node,
  { input, results, runId, signal, log }: DoContext<BotInput, Connected>,
): Promise<void> => {
  const { workspace } = placesOf(results.ssh, input);
  const others = await othersFiles(node, workspace, templateFiles(input), signal);
  if (others.length === 0) return;
  const folder = keptFolder(results.ssh, input.name, runId);
  await keep(node, { path: workspace, folder, as: "workspace", signal });
  const [first, ...more] = others;
  const which = more.length === 0 ? first : `${first} and ${more.length} more`;
  log(
    `This run did not put ${which} into ${workspace}, so the folder is left whole, as ${folder}/workspace.`,
    "warn",
  );
};
