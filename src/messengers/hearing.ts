import { setTimeout as wait } from "node:timers/promises";
import type { Conversations } from "#chat/conversation.ts";
import type { AccessBook } from "#core/access.ts";
import type { Accounts } from "#core/accounts.ts";
import type { FarChannel } from "#core/answerers.ts";
import type { MilepostLine } from "#core/chat.ts";
import type { Channel, Delivery, NotifyTable } from "#core/notify.ts";
import type { Person } from "#core/people.ts";
import { everything } from "#core/rights.ts";
import type { Store } from "#core/store.ts";
import type { Channels } from "#notify/channels.ts";
import type { Decisions } from "#notify/decisions.ts";
import { answeredHere } from "#notify/message.ts";
import type { Following } from "./following.ts";
import type { Account, Linking } from "./linking.ts";
import { lineOfPress } from "./pressed.ts";

/** Something that somebody did in a messenger. */
export interface Heard {
  kind: "telegram" | "slack";
  connectionId: string;
  from: Account;
  /** Others can read what is said there. */
  isPublic: boolean;
  what:
    | {
        does: "says";
        text: string;
        /** Grows from message to message of this account; null: it comes once at most. */
        mark: number | null;
        /** The same for the same message, however often it is told. */
        key: string;
        /** The message that it answers. */
        repliesTo: string | null;
      }
    | {
        does: "presses";
        /** What the button was given. */
        data: string;
        /** The same for the same press, however often it is told. */
        key: string;
      };
}

/** An answer, as messengers show it. */
export type Said = Pick<MilepostLine, "lines" | "link" | "buttons" | "at">;

/** Says back to whoever was heard, there. */
export interface Mouth {
  /** Gives what the messenger calls the message; null: it cannot be changed any more. */
  say(line: Said): Promise<string | null>;
  /** To whoever pressed something, beside it. */
  hint(text: string, isRefusal: boolean): Promise<void>;
}

export interface HearingDeps {
  conversations: Conversations;
  channels: Pick<Channels, "linked">;
  decisions: Decisions;
  linking: Linking;
  following: Following;
  table: Pick<NotifyTable, "delivery" | "deliveryShown">;
  store: Pick<Store, "run">;
  accounts: Pick<Accounts, "people">;
  access: AccessBook;
  now(): number;
}

const messengers = { telegram: "Telegram", slack: "Slack" } as const satisfies Record<string, FarChannel>;

const notLinked =
  "This account is not linked to anybody at Milepost. Sign in there, open “Notifications”, and link it with the code that it shows.";
const alone = "What I know is for one person at a time: write to me where nobody else reads it.";
const claimed =
  "Thank you. Now go back to Milepost in your browser, and say there that this account is yours.";
const unknownCode =
  "This code is not known, or no longer good. Milepost shows a new one under “Notifications”.";
const tooMany = "Too many codes that are not known. Try again in ten minutes.";

/** Who a conversation is with, and by what. */
interface Known {
  id: string;
  channel: Channel;
  person: Person;
}

/** Takes what people do in messengers. Only those whose account is linked are answered with more than one sentence. */
export const createHearing = (deps: HearingDeps) => {
  const { linking, channels, accounts } = deps;
  const known = async ({ kind, from }: Heard): Promise<Known | null> => {
    const channel = await channels.linked(kind, from.id);
    const person = (await accounts.people()).find(({ id }) => id === channel?.personId);
    return channel === null || person === undefined ? null : { id: conversationOf(channel), channel, person };
  };
  return async (heard: Heard, mouth: Mouth): Promise<void> => {
    const { what, kind, connectionId, from } = heard;
    const tell = (sentence: string) =>
      what.does === "presses"
        ? mouth.hint(sentence, true)
        : mouth.say({ lines: [sentence], link: null, buttons: [], at: deps.now() });
    // A code that others read, too, is nobody's; and there is no place of theirs alone to write to.
    if (heard.isPublic) return void (await tell(alone));
    const who = await known(heard);
    const found = what.does === "says" ? linking.claim(kind, connectionId, from, what.text) : null;
    // Whoever is linked already may link anew; what only looks like a code may be what a run of theirs is called.
    const isForCode = who === null || (what.does === "says" && /^\/(?:start|link)\b/.test(what.text));
    const code = found === "claimed" || isForCode ? found : null;
    if (code !== null) await tell({ claimed, unknown: unknownCode, "too-many": tooMany }[code]);
    else if (who === null) await tell(notLinked);
    else if (what.does === "says") await hearWords(deps, heard, who, what, mouth);
    else await hearPress(deps, heard, who, what, mouth);
  };
};

/** What the conversation by this channel is called. */
export const conversationOf = ({ kind, id }: Pick<Channel, "kind" | "id">): string => `${kind}:${id}`;

const hearWords = async (
  deps: HearingDeps,
  heard: Heard,
  { id, channel, person }: Known,
  { text, mark, key, repliesTo }: Extract<Heard["what"], { does: "says" }>,
  mouth: Mouth,
): Promise<void> => {
  const about = repliesTo === null ? null : await runShownBy(deps, id, channel, repliesTo);
  const said = /^\/start\b/.test(text) ? "help" : text;
  const how = { key, ...(mark === null ? {} : { mark }), ...(about === null ? {} : { about }) };
  await speak(deps, id, await deps.conversations.say(id, speaker(deps, heard, person), said, how), mouth);
};

const speak = async (
  { conversations, following }: HearingDeps,
  id: string,
  line: MilepostLine | null,
  mouth: Mouth,
): Promise<void> => {
  if (line === null) return;
  const remote = await mouth.say(line);
  if (remote === null) return;
  await conversations.shown(id, remote);
  if (line.live !== null) following.follow(id, line.live);
};

const speaker = ({ access }: HearingDeps, { kind }: Heard, person: Person) => ({
  kind: "session" as const,
  by: { kind: "person" as const, id: person.id, name: person.name, personId: person.id },
  person,
  scope: everything,
  access,
  through: messengers[kind],
});

/** What a messenger calls a message is known here a moment after people see it, and who is quick replies before that. Milliseconds. */
const looksAfter = [0, 100, 400];

/** The run that a message of ours is about, with the step whose question it shows while that is the open one. */
const runShownBy = async (
  deps: HearingDeps,
  id: string,
  channel: Channel,
  remote: string,
): Promise<AboutRun | null> => {
  for (const ms of looksAfter) {
    if (ms > 0) await wait(ms);
    const about = await lookFor(deps, id, channel, remote);
    if (about !== undefined) return about;
  }
  return null;
};

/** Undefined when no message of ours is called so, as far as is known. */
const lookFor = async (
  deps: HearingDeps,
  id: string,
  channel: Channel,
  remote: string,
): Promise<AboutRun | null | undefined> => {
  const delivery = await deps.table.deliveryShown(channel.id, remote);
  if (delivery !== null) return questionIn(deps, delivery);
  const { lines } = await deps.conversations.of(id);
  const line = lines.find((one) => one.by === "milepost" && one.remote === remote);
  if (line?.by !== "milepost") return undefined;
  return line.live === null ? null : { run: line.live, step: null };
};

type AboutRun = { run: string; step: string | null };

const questionIn = async ({ store }: HearingDeps, delivery: Delivery): Promise<AboutRun | null> => {
  const { runId: run, stepId, asked, kind } = delivery;
  if (run === null) return null;
  if (kind !== "needs-you" || stepId === null) return { run, step: null };
  const step = (await store.run(run))?.steps.find((one) => one.id === stepId);
  // To answer an older question would be to answer what was not seen.
  return { run, step: step?.state === "asking" && step.attemptAt === asked ? stepId : null };
};

const hearPress = async (
  deps: HearingDeps,
  heard: Heard,
  { id, person, channel }: Known,
  { data, key }: Extract<Heard["what"], { does: "presses" }>,
  mouth: Mouth,
): Promise<void> => {
  const { conversations, decisions, table } = deps;
  const question = answeredHere(data);
  if (question !== null) {
    const delivery = await table.delivery(question);
    const about = delivery?.channelId === channel.id ? await questionIn(deps, delivery) : null;
    if (about?.step == null) return mouth.hint("This asks no more.", true);
    await mouth.hint("", false);
    const asked = await conversations.say(id, speaker(deps, heard, person), "", { key, about });
    return speak(deps, id, asked, mouth);
  }
  const pressed = lineOfPress(data, (await conversations.of(id)).lines);
  if (pressed === null) {
    const { was, sentence } = await decisions.press(data, "press", {
      person,
      channel: messengers[heard.kind],
    });
    return mouth.hint(sentence, was === "refused");
  }
  if ("late" in pressed) return mouth.hint(pressed.late, true);
  await mouth.hint("", false);
  const line = await conversations.say(id, speaker(deps, heard, person), pressed.says, { key });
  await speak(deps, id, line, mouth);
};
