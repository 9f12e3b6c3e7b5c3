import type { KnownBot } from "#openclaw/known-bot.ts";
import type { Connected } from "#openclaw/node.ts";
import type { NodeChoice } from "#openclaw/start-fields.ts";

export interface Doomed extends NodeChoice {
  name: string;
}

/** What steps after the look know. */
export interface Ready extends Connected {
  before: KnownBot;
}
