import type { Actor } from "#core/actor.ts";
import {
  type Chat,
  type ChatLine,
  type ChatTable,
  type MilepostLine,
  mostChatLines,
  nothingRemembered,
} from "#core/chat.ts";
import type { Clock } from "#core/clock.ts";
import type { Engine } from "#engine/engine.ts";
import type { Speaker } from "./asked.ts";
import { longestSentence } from "./plain.ts";

export interface ChatDeps {
  engine: Engine<Actor>;
  chats: ChatTable;
  clock: Clock;
}

/** How something was said, where that matters. */
export interface Saying {
  /** Grows from message to message of a place: one that is not above the last says nothing, for it was heard before. */
  mark?: number;
  /** What makes a start that is asked for twice one run. */
  key?: string;
  /** The run that it is an answer to, with the step whose open question it answers; with an empty text it only begins to. */
  about?: { run: string; step: string | null };
}

/** Understands what people say of runs, and answers from what these are. `id` names the place and the person. */
export interface Conversations {
  /** The answer as it is kept; null: that was heard before. */
  say(id: string, who: Speaker, text: string, how?: Saying): Promise<MilepostLine | null>;
  of(id: string): Promise<Chat>;
  /** The last answer is shown by this message of a messenger. */
  shown(id: string, remote: string): Promise<void>;
}

export const createConversations = ({ engine, chats, clock }: ChatDeps): Conversations => {
  const of = async (id: string): Promise<Chat> => {
    const kept = (await chats.get(id)) ?? { id, remembered: nothingRemembered, lines: [], changedAt: 0 };
    // What was kept before there was something to remember says nothing of it.
    return { ...kept, remembered: { ...nothingRemembered, ...kept.remembered } };
  };
  return {
    of,
    say: async (id, who, text, { mark, key = null, about } = {}) => {
      const before = await of(id);
      const { heard } = before.remembered;
      if (mark !== undefined && heard !== null && mark <= heard) return null;
      const { answer } = await import("./answer.ts");
      const now = clock.now();
      const remembers = {
        ...before.remembered,
        ...(mark === undefined ? {} : { heard: mark }),
        ...(about === undefined ? {} : { about: { run: about.run, at: now } }),
      };
      const question = about?.step ?? null;
      const { reply: said, remembered } = await answer({ engine, who, text, key, now, question }, remembers);
      const at = clock.now();
      const line: MilepostLine = { at, by: "milepost", ...said };
      const lines: readonly ChatLine[] = [
        ...before.lines.map((one) => past(one, said.live)),
        ...(text === "" ? [] : [{ at, by: "person" as const, text: text.slice(0, longestSentence) }]),
        line,
      ];
      await chats.put({ id, remembered, lines: lines.slice(-mostChatLines), changedAt: at });
      return line;
    },
    shown: async (id, remote) => {
      const chat = await of(id);
      const last = chat.lines.at(-1);
      if (last?.by === "milepost")
        await chats.put({ ...chat, lines: [...chat.lines.slice(0, -1), { ...last, remote }] });
    },
  };
};

/** Of what is told of one run only the last word is kept up to date. */
const past = (line: ChatLine, live: string | null): ChatLine =>
  line.by === "milepost" && live !== null && line.live === live ? { ...line, live: null } : line;
