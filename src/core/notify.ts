import type { ConnectionReport, ConnectionValues } from "./connection.ts";
import type { Notice } from "./notice.ts";

/**
 * What a message is about. `live` is the one message of a run that is edited as the run goes on; `broken` tells of another channel that no
 * longer reaches anybody; `digest` tells in one message what was held: what came in somebody's quiet hours, or too much at once.
 */
export const messageKinds = [
  "live",
  "needs-you",
  "failed",
  "finished",
  "cancelled",
  "slow",
  "broken",
  "digest",
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What somebody wants to be told of a run by a channel. */
export interface Wants {
  /** One message that follows the run by being edited. */
  live: boolean;
  "needs-you": boolean;
  failed: boolean;
  finished: boolean;
  /** By somebody else. */
  cancelled: boolean;
  slow: boolean;
  /** `live` and `finished` only of runs that take, or were expected to take, longer than this. */
  overMs: number;
}

export const usualWants: Wants = {
  live: true,
  "needs-you": true,
  failed: true,
  finished: true,
  cancelled: true,
  slow: true,
  overMs: 2 * 60_000,
};

/** A way to reach a person. Its secrets stay sealed. */
export interface Channel {
  id: string;
  personId: string;
  /** Of the table of kinds: "email", "telegram". */
  kind: string;
  /** As its person calls it: "My phone". */
  name: string;
  /** The connection that it goes through (a mail server, a bot); null: none. */
  connectionId: string | null;
  /** Whom the other side says it is, where people speak from there: at most one channel of a kind has it. */
  account: string | null;
  values: ConnectionValues;
  sealed: string;
  wants: Wants;
  /** `off`: its person wants nothing by it for now; `broken`: the other side says that it reaches nobody. */
  state: "on" | "off" | "broken";
  /** Why it is broken, in the other side's words. */
  because: string | null;
  createdAt: number;
  changedAt: number;
  lastTest: (ConnectionReport & { at: number }) | null;
}

/** Of which runs somebody is told, besides those that they started and those whose question names them. */
export const follows = ["mine", "all", "none"] as const;
export type Follows = (typeof follows)[number];

/** What somebody said of being told, for all their channels. */
export interface TellingPreferences {
  /** IANA name: "Europe/Berlin". Times in messages are in it. */
  zone: string;
  /** Minutes of the day in that zone, from which until which only what is urgent is told; null: at any time. It may go over midnight. */
  quiet: { from: number; until: number } | null;
  /** Also by day and night what needs them. */
  urgentBreaksQuiet: boolean;
  /** Nothing is told of a run whose page they have open. */
  onlyUnwatched: boolean;
  /** By workflow, where it is another than "mine". */
  workflows: Readonly<Record<string, Follows>>;
}

export const usualPreferences: TellingPreferences = {
  zone: "UTC",
  quiet: null,
  urgentBreaksQuiet: true,
  onlyUnwatched: true,
  workflows: {},
};

/**
 * `waiting`: to be sent when its time has come; `sending`: it is on its way, or was when the server died; `sent`: the other side has it;
 * `held`: it is told by a digest; `failed`: it will not be tried again by itself; `dropped`: there was no more reason to send it.
 */
export const deliveryStates = ["waiting", "held", "sending", "sent", "failed", "dropped"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** The key of what tells a question again, the how manieth time. */
export const reminderKey = (key: string, time: number): string => `${key} again ${time}`;

/** The key of the message that this one tells again; null: it is the first of its question. */
export const reminds = ({ key }: Pick<Delivery, "key">): string | null =>
  / again \d+$/.test(key) ? key.replace(/ again \d+$/, "") : null;

/** One message to one channel. Times are milliseconds since 1970. */
export interface Delivery {
  id: string;
  /** What it is for, once: run, event, person, channel and kind. A second one with it is not written. */
  key: string;
  runId: string | null;
  /** The number of the run's event that it tells of; 0 where it is of no event. */
  n: number;
  stepId: string | null;
  asked: number | null;
  personId: string;
  channelId: string;
  kind: MessageKind;
  state: DeliveryState;
  attempts: number;
  /** When it is to be sent or edited next; null: never by itself. */
  nextAt: number | null;
  /** What the other side calls it, for edits. */
  remote: string | null;
  /** A short sum of what it shows there. */
  shown: string | null;
  /** Why it failed, waits or was dropped: a sentence. */
  because: string | null;
  createdAt: number;
  sentAt: number | null;
}

/** Whether a person may have it sent now: what failed, and what waits for its next try. */
export const mayTryAgain = ({ state, attempts }: Pick<Delivery, "state" | "attempts">): boolean =>
  state === "failed" || (state === "waiting" && attempts > 0);

export type NewDelivery = Omit<Delivery, "state" | "attempts" | "remote" | "shown" | "sentAt">;
export type DeliveryPatch = Partial<
  Pick<Delivery, "state" | "attempts" | "nextAt" | "remote" | "shown" | "because" | "sentAt">
>;

/** What becomes of deliveries that were held. */
export interface HeldPatch {
  ids: readonly string[];
  patch: DeliveryPatch;
}

export interface DeliveryFilter {
  /** Whose; null: everybody's. */
  personId: string | null;
  state?: DeliveryState;
  /** The id that the page before ended with. */
  before?: string;
  limit: number;
}

/** What the store keeps of telling people. A run's notices are written by `Store.change` and `Store.createRun`, in the run's own commit. */
export interface NotifyTable {
  channels(): Promise<Channel[]>;
  channel(id: string): Promise<Channel | null>;
  /** Throws AppError("conflict") when another channel of this kind has the account. */
  putChannel(channel: Channel): Promise<void>;
  /** With what was to be sent by it. */
  removeChannel(id: string): Promise<void>;

  preferences(personId: string): Promise<TellingPreferences | null>;
  putPreferences(personId: string, preferences: TellingPreferences): Promise<void>;
  /** Who wants to be told of this run, or not to be, whatever else they said. */
  bells(runId: string): Promise<{ personId: string; rings: boolean }[]>;
  /** Null: nothing is said of it any more. */
  putBell(runId: string, personId: string, rings: boolean | null): Promise<void>;

  /** The keys by which push services know this server, sealed; null: none were made yet. */
  pushKeys(): Promise<string | null>;
  /** Keeps them, unless there are some: all subscriptions of browsers are to the first. Gives those that are kept. */
  putPushKeys(sealed: string): Promise<string>;

  /** The oldest first. */
  notices(limit: number): Promise<Notice[]>;
  /** In one commit: the notices are gone, what follows from them is there (what has a key already is left alone), and these, sent or waiting, are due. */
  spread(
    notices: readonly Pick<Notice, "runId" | "n">[],
    made: readonly NewDelivery[],
    due: readonly { id: string; nextAt: number }[],
  ): Promise<void>;

  /** Those whose time has come, the earliest first; those of these channels, which have enough to do, left out. */
  due(now: number, busy: readonly string[], limit: number): Promise<Delivery[]>;
  nextDue(busy: readonly string[]): Promise<number | null>;
  /** Only where it still is in the state that it is thought to be in; false when it is not. */
  changeDelivery(
    id: string,
    was: DeliveryState,
    patch: DeliveryPatch,
    /** What becomes of others, in the same commit, as far as they are held. */
    held?: readonly HeldPatch[],
  ): Promise<boolean>;
  /** In one commit: it is held, if it waits, and the digest of its channel is there, due no later than this one would be. */
  hold(id: string, because: string, digest: NewDelivery): Promise<boolean>;
  /** What a channel's digest is to tell, the oldest first. */
  held(channelId: string, after: string, limit: number): Promise<Delivery[]>;
  delivery(id: string): Promise<Delivery | null>;
  /** The newest that a channel's message shows, by what the other side calls that. */
  deliveryShown(channelId: string, remote: string): Promise<Delivery | null>;
  /** The oldest first. */
  deliveriesOf(runId: string): Promise<Delivery[]>;
  /** What a server that died left on its way, the oldest first. */
  onTheirWay(limit: number): Promise<Delivery[]>;
  /** The newest messages that follow a run and can still be edited. */
  following(limit: number): Promise<Delivery[]>;
  /** The newest first. */
  deliveries(filter: DeliveryFilter): Promise<Delivery[]>;
  /** Forgets those with smaller ids, which begin with their time, as far as they are settled; looks at the oldest so many. How many went. */
  forgetDeliveries(before: string, limit: number): Promise<number>;
}
