import type { Reach } from "#connectors/http/reach.ts";
import type { FarChannel } from "#core/answerers.ts";
import type { ConnectionField, ConnectionValues } from "#core/connection.ts";
import type { Channel, Wants } from "#core/notify.ts";
import type { Message } from "./message.ts";

/** To whom, with all secrets opened. */
export interface Address {
  channel: Pick<Channel, "id" | "name" | "personId" | "account">;
  /** By field of the kind. */
  values: ConnectionValues;
  /** Those of the connection that it goes through, by its own fields; empty where there is none. */
  through: ConnectionValues;
  /** Where its own values may lead. */
  reach: Reach;
  /** Those of all these values that nobody may read, in no sentence either. */
  secrets?: readonly string[];
}

/**
 * What became of a send. Every sentence (`because`) is for a person, holds the other side's own words where it gave any, and never a secret.
 * `delivered`: the other side has it; `remote` is what it calls it, null where that cannot be edited.
 * `ambiguous`: it went out and no answer came, so it may be there.
 * `later`: it is certainly not there (throttled, refused for now, never connected); `afterMs` is how long the other side wants to be left
 * alone, null where it did not say.
 * `dead`: this address reaches nobody until a person does something about it (blocked, gone, wrong token). `moved` gives the values that hold
 * from now on, where the other side said so: then it is sent again at once.
 * `refused`: this very message is not taken, and would not be taken again.
 */
export type Outcome =
  | { was: "delivered"; remote: string | null }
  | { was: "ambiguous"; because: string }
  | { was: "later"; because: string; afterMs: number | null }
  | { was: "dead"; because: string; moved?: ConnectionValues }
  | { was: "refused"; because: string };

/** What a channel can do, which decides what is sent by it. */
export interface Abilities {
  /** A message can be changed after it was sent, without a sound. */
  edits: boolean;
  /** The other side shows a message that is sent twice with the same id once. */
  idempotent: boolean;
  /** How many buttons it takes that decide; 0: links only. */
  buttons: number;
  /** Between two messages or edits to the same address, so that nobody is flooded. */
  leastGapMs: number;
  /** A program reads it: after quiet hours it is told one thing after the other, not all in one. */
  oneByOne?: true;
}

/** Whether channels of this kind are made by linking an account, and by nothing else. */
export const isLinked = ({ through, fields }: Pick<ChannelKind, "through" | "fields">): boolean =>
  through !== null && fields.length === 0;

/**
 * A kind of channel: one file each below `channels/`. It never retries by itself, keeps to its limits (it cuts and escapes), and throws only
 * what is our own mistake, or AppError("cancelled") when the signal fires before anything went out.
 */
export interface ChannelKind {
  /** "email", "telegram". */
  kind: string;
  title: string;
  /** One sentence that says what it is for. */
  about: string;
  /** The kind of connection that it goes through, which an admin adds; null: none. */
  through: string | null;
  /** What its person fills in. Empty where it is made in another way: by a code in a chat, or by the browser. */
  fields: readonly ConnectionField[];
  can: Abilities;
  /** Where a decision came from that was taken by its buttons' addresses; left out where none can be. */
  from?: FarChannel;
  /** What is filled in anew for each that is added: a secret that the other side is to be given. */
  made?(): ConnectionValues;
  /** What is told by it, where that is another than usual. */
  usualWants?: Partial<Wants>;
  /** Checks and tidies the values; throws AppError("bad-input", …, { field }). */
  check(values: ConnectionValues): ConnectionValues;
  /** As lists show it, without secrets: "ann@example.org". */
  shown(values: ConnectionValues): string;
  send(message: Message, to: Address, signal: AbortSignal): Promise<Outcome>;
  /** Shows this instead of what `remote` names. `gone`: there is nothing to change any more. Only where it `can.edits`. */
  edit?(
    message: Message,
    remote: string,
    to: Address,
    signal: AbortSignal,
  ): Promise<Outcome | { was: "gone" }>;
}
