import type { Identity } from "#core/accounts.ts";
import type { Actor } from "#core/actor.ts";
import type { Channel } from "#core/answerers.ts";
import type { ChatReply, Remembered } from "#core/chat.ts";
import type { RunSummary } from "#core/picture.ts";
import type { Engine } from "#engine/engine.ts";
import { reply } from "./told.ts";
import type { Reading, Spoken } from "./understand.ts";

/** Who speaks, and through what, where that is no page and no API. */
export interface Speaker extends Pick<Identity, "kind" | "by" | "person" | "scope" | "access"> {
  through?: Channel;
}

/** How what they answer comes. */
export const channelOf = ({ kind, through }: Speaker): Channel =>
  through ?? (kind === "token" ? "token" : "chat");

/** A sentence that was understood, and what its answer may rest on. */
export interface Asked<R extends Reading = Reading> {
  engine: Engine<Actor>;
  reading: R;
  /** What is remembered but for what waited for a yes, which no other sentence is. */
  before: Remembered;
  pending: Remembered["pending"];
  who: Speaker;
  /** The sentence, as it was typed. */
  text: string;
  /** What makes a start that is asked for twice one run; null: nothing is asked for twice. */
  key: string | null;
  /** Those that the speaker may see, the newest first. */
  runs: readonly SpokenRun[];
  /** Milliseconds since 1970. */
  now: number;
}

export type SpokenRun = RunSummary & Spoken;

export interface Answer {
  reply: ChatReply;
  remembered: Remembered;
}

/** An answer after which nothing else is remembered than before. */
export const stay = (
  { before }: Pick<Asked, "before">,
  lines: readonly string[],
  more: Partial<ChatReply> = {},
): Answer => ({ reply: reply(lines, more), remembered: before });
