import { z } from "zod";
import type { Heard } from "#messengers/hearing.ts";

const user = z.object({
  id: z.number(),
  is_bot: z.boolean().optional(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
});
const chat = z.object({ id: z.number(), type: z.string() });
const message = z.object({
  message_id: z.number(),
  /** Seconds since 1970. */
  date: z.number(),
  chat,
  from: user.optional(),
  text: z.string().optional(),
  reply_to_message: z.object({ message_id: z.number() }).optional(),
});

/** https://core.telegram.org/bots/api#update, as far as it is read. */
export const updateShape = z.object({
  update_id: z.number(),
  message: message.optional(),
  callback_query: z
    .object({ id: z.string(), from: user, data: z.string().optional(), message: message.optional() })
    .optional(),
});
export type Update = z.output<typeof updateShape>;

const idsASecond = 1_000_000;

/** What a bot is told of. */
export const allowedUpdates = ["message", "callback_query"];

/** What of an update is for us; null: nothing. */
export const heardIn = (
  { message: said, callback_query: press }: Update,
  connectionId: string,
): Heard | null => {
  const place = said?.chat ?? press?.message?.chat;
  const from = said?.from ?? press?.from;
  if (place === undefined || from === undefined || from.is_bot === true) return null;
  const name = [
    from.first_name,
    from.last_name,
    from.username === undefined ? undefined : `(@${from.username})`,
  ]
    .filter((part) => part !== undefined)
    .join(" ");
  const about = {
    kind: "telegram" as const,
    connectionId,
    from: { id: String(from.id), name, chat: String(place.id) },
    isPublic: place.type !== "private",
  };
  if (press?.message !== undefined && press.data !== undefined) {
    const { id: key, data } = press;
    return { ...about, what: { does: "presses", data, key } };
  }
  if (said?.text === undefined) return null;
  const { text, date, message_id: id, reply_to_message: answered } = said;
  // Another bot counts its messages from the beginning, so they are told apart by their time first.
  const mark = date * idsASecond + (id % idsASecond);
  const repliesTo = answered === undefined ? null : String(answered.message_id);
  return { ...about, what: { does: "says", text, mark, key: `${about.from.id} ${mark}`, repliesTo } };
};
