import { hasOtherAccounts } from "./accounts.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { traitsOf } from "./traits.ts";

/** Where the configuration says whether OpenClaw speaks Telegram. */
export const telegramPlugin = "plugins.entries.telegram";

/**
 * Whether Telegram has to be switched on first: old versions do not do it by themselves. Where the configuration says nothing of it, it is
 * on when somebody's account is there already: that cannot be added before.
 */
export const needsPlugin = async (node: Node, { version }: NodeFacts): Promise<boolean> => {
  if (traitsOf(version).pluginByItself) return false;
  const words = ["config", "get", `${telegramPlugin}.enabled`, "--json"];
  const { code, stdout } = await node.openclaw.run(words);
  return code === 0 ? stdout.trim() !== "true" : !(await hasOtherAccounts(node));
};
