import type { Values } from "./form.ts";

/** What can be said of a run. */
export const sayings = [
  "status",
  "eta",
  "logs",
  "why",
  "pause",
  "resume",
  "retry",
  "skip",
  "cancel",
  "restart",
  "approve",
  "reject",
  "answer",
] as const;
export type Said = (typeof sayings)[number];

/** What was said before in one place by one person, as far as the next sentence may rest on it. Times are milliseconds since 1970. */
export interface Remembered {
  /** The run that was spoken of last. */
  about: { run: string; at: number } | null;
  /** The runs among which to choose by a number, and what for. */
  listed: { says: Said; runs: readonly string[]; at: number } | null;
  /** What waits for a yes. `standing` is where the run stood: if it moved on, the question is another one. */
  pending: { says: Said; run: string; standing: string; at: number } | null;
  /** The form that is being filled in. */
  filling: Filling | null;
  /** The mark of the message that was heard last; see `Saying`. */
  heard: number | null;
}

/** A form that is filled in by sentences, a field after the other: it begins a run, or it is the question of one. */
export interface Filling {
  of: { workflow: string } | { run: string; step: string; attempt: number; askedAt: number };
  values: Values;
  /** The field that was asked for last; null: none is left, and it waits for one of the form's buttons. */
  field: string | null;
  /** All were asked for already; what is asked for again was refused. */
  looked: boolean;
  at: number;
}

export const nothingRemembered: Remembered = {
  about: null,
  listed: null,
  pending: null,
  filling: null,
  heard: null,
};

/** A press that says a sentence. */
export interface ChatButton {
  label: string;
  says: string;
}

/** What Milepost says: lines of plain text, with what leads on. */
export interface ChatReply {
  lines: readonly string[];
  /** A page of this server: a path. */
  link: { label: string; href: string } | null;
  buttons: readonly ChatButton[];
  /** It tells where this run stands, and is told anew while that is the last word about it. */
  live: string | null;
}

export type ChatLine = { at: number } & ({ by: "person"; text: string } | MilepostLine);

/** What Milepost said. */
export interface MilepostLine extends ChatReply {
  by: "milepost";
  at: number;
  /** What a messenger calls the message that shows it, for edits. */
  remote?: string;
}

/** A conversation of one person in one place. */
export interface Chat {
  /** "page:…" and the person's id; of other places their own. */
  id: string;
  remembered: Remembered;
  /** The newest last; never more than `mostChatLines`. */
  lines: readonly ChatLine[];
  changedAt: number;
}

export const mostChatLines = 40;

export interface ChatTable {
  get(id: string): Promise<Chat | null>;
  /** Those whose ids begin so, in the order of their ids. */
  beginning(prefix: string, limit: number): Promise<Chat[]>;
  put(chat: Chat): Promise<void>;
}
