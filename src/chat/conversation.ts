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

/** Understands what people say of runs, and answers from what these are. `id` names the place and the person. */
export interface Conversations {
  say(id: string, who: Speaker, text: string): Promise<ChatReply>;
  of(id: string): Promise<Chat>;
}

export const createConversations = ({ engine, chats, clock }: ChatDeps): Conversations => {
  const of = async (id: string): Promise<Chat> =>
    (await chats.get(id)) ?? { id, remembered: nothingRemembered, lines: [], changedAt: 0 };
  return {
    of,
    say: async (id, who, text) => {
      const before = await of(id);
      const { reply: said, remembered } = await answer(engine, before.remembered, who, text, clock.now());
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
  engine: Engine<Actor>,
  { pending, ...rest }: Remembered,
  who: Speaker,
  text: string,
  now: number,
): Promise<Answer> => {
  const { rows } = await engine.runs({ limit: mostSpoken, hidden: hiddenFrom(who) });
  const runs = rows.filter(({ workflowId }) => can(who, "read", { workflowId }));
  const workflows = engine.workflows
    .filter(({ id }) => can(who, "read", { workflowId: id }))
    // Its id names it too: "botify-export".
    .map(({ id, title }) => ({ id, title, subject: id.replaceAll("-", " ") }));
  const reading = understand(text, runs, { now, workflows, pending, ...rest });
  const asked: Asked = { engine, reading, before: { ...rest, pending: null }, pending, who, runs, now };
  try {
    return "run" in reading ? await aboutRun({ ...asked, reading }) : aboutMore({ ...asked, reading });
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return { reply: reply([thrown.message]), remembered: asked.before };
  }
};
