import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { traitsOf } from "./traits.ts";

/** Where the configuration says whether OpenClaw speaks Telegram. */
export const telegramPlugin = "plugins.entries.telegram";

/** Whether Telegram has to be switched on first: old versions do not do it by themselves. */
export const needsPlugin = async (
  { openclaw }: Pick<Node, "openclaw">,
  { version }: NodeFacts,
): Promise<boolean> => {
  if (traitsOf(version).pluginByItself) return false;
  const { code, stdout } = await openclaw.run(["config", "get", `${telegramPlugin}.enabled`, "--json"]);
  return code !== 0 || stdout.trim() !== "true";
};
