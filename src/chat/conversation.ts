import type { Actor } from "#core/actor.ts";
import {
  type Chat,
  type ChatLine,
  type ChatReply,
  type ChatTable,
  mostChatLines,
  nothingRemembered,
  type Remembered,
} from "#core/chat.ts";
import type { Clock } from "#core/clock.ts";
import { AppError } from "#core/errors.ts";
import { can, hiddenFrom } from "#core/rights.ts";
import type { Engine } from "#engine/engine.ts";
import { aboutMore } from "./about-more.ts";
import { aboutRun } from "./about-run.ts";
import type { Answer, Asked, Speaker } from "./asked.ts";
import { fillOn } from "./fill.ts";
import { longestSentence } from "./plain.ts";
import { reply } from "./told.ts";
import { understand } from "./understand.ts";

/** Only so many of the newest runs can be spoken of. */
const mostSpoken = 200;

export interface ChatDeps {
  engine: Engine<Actor>;
  chats: ChatTable;
  clock: Clock;
}

/** How something was said, where that matters. */
export interface Saying {
  /** What tells this message from all others of the place: heard again, it does nothing again. */
  mark?: string;
  /** The run that it is an answer to. */
  about?: string;
}

/** Understands what people say of runs, and answers from what these are. `id` names the place and the person. */
export interface Conversations {
  say(id: string, who: Speaker, text: string, how?: Saying): Promise<ChatReply>;
  of(id: string): Promise<Chat>;
}

export const createConversations = ({ engine, chats, clock }: ChatDeps): Conversations => {
  const of = async (id: string): Promise<Chat> => {
    const kept = (await chats.get(id)) ?? { id, remembered: nothingRemembered, lines: [], changedAt: 0 };
    // What was kept before there was something to remember says nothing of it.
    return { ...kept, remembered: { ...nothingRemembered, ...kept.remembered } };
  };
  return {
    of,
    say: async (id, who, text, { mark, about } = {}) => {
      const before = await of(id);
      const last = before.lines.at(-1);
      if (mark !== undefined && before.remembered.heard === mark && last?.by === "milepost") return last;
      const now = clock.now();
      const remembers = {
        ...before.remembered,
        ...(mark === undefined ? {} : { heard: mark }),
        ...(about === undefined ? {} : { about: { run: about, at: now } }),
      };
      const key = mark === undefined ? null : `${id} ${mark}`;
      const { reply: said, remembered } = await answer({ engine, who, text, key, now }, remembers);
      const at = clock.now();
      const lines: readonly ChatLine[] = [
        ...before.lines.map((one) => past(one, said.live)),
        { at, by: "person", text: text.slice(0, longestSentence) },
        { at, by: "milepost", ...said },
      ];
      await chats.put({ id, remembered, lines: lines.slice(-mostChatLines), changedAt: at });
      return said;
    },
  };
};

/** Of what is told of one run only the last word is kept up to date. */
const past = (line: ChatLine, live: string | null): ChatLine =>
  line.by === "milepost" && live !== null && line.live === live ? { ...line, live: null } : line;

const answer = async (
  said: Pick<Asked, "engine" | "who" | "text" | "key" | "now">,
  { pending, ...rest }: Remembered,
): Promise<Answer> => {
  const { engine, who, text, now } = said;
  const before: Remembered = { ...rest, pending: null };
  try {
    const filled = await fillOn({ ...said, before });
    if (filled !== null) return filled;
    const { rows } = await engine.runs({ limit: mostSpoken, hidden: hiddenFrom(who) });
    const runs = rows.filter(({ workflowId }) => can(who, "read", { workflowId }));
    const workflows = engine.workflows
      .filter(({ id }) => can(who, "read", { workflowId: id }))
      // Its id names it too: "botify-export".
      .map(({ id, title }) => ({ id, title, subject: id.replaceAll("-", " ") }));
    const reading = understand(text, runs, { ...rest, now, workflows, pending });
    const asked: Asked = { ...said, reading, before, pending, runs };
    return "run" in reading ? await aboutRun({ ...asked, reading }) : await aboutMore({ ...asked, reading });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return { reply: reply([thrown.message]), remembered: before };
  }
};
