import type { NodeDeps } from "#openclaw/deps.ts";
import type { NodeChoice } from "#openclaw/start-fields.ts";

/** What the steps of this workflow are handed. */
export type BotDeps = NodeDeps;

export interface BotInput extends NodeChoice {
  /** The agent's and the account's id on the node. */
  name: string;
  displayName: string;
  emoji: string;
  /** What the bot is for; goes into its SOUL.md. */
  purpose: string;
  /** "provider/model"; "" leaves the node's default. */
  model: string;
  /** The Telegram user who may write to the bot; "": somebody is asked at the end. */
  ownerId: string;
  /** The Telegram chat that is told at the end; "" tells nobody. */
  chatId: string;
}
