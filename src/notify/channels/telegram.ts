import { z } from "zod";
import { TelegramError } from "#connectors/telegram/client.ts";
import { openTelegram } from "#connectors/telegram/kind.ts";
import type { Address, ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { withoutAnswer } from "./no-answer.ts";
import { buttonRows, markedText } from "./telegram-text.ts";

const sentShape = z.object({ message_id: z.number() });
const editedShape = z.union([sentShape, z.literal(true)]);

/** Bots write only to those who wrote to them, so a channel of this kind is made by a code that its person writes to the bot. */
export const telegramChannel: ChannelKind = {
  kind: "telegram",
  title: "Telegram",
  about: "A bot writes to you, follows each run in one message, and takes your answers.",
  through: "telegram",
  fields: [],
  // Telegram takes about twenty edits a minute in one chat.
  can: { edits: true, idempotent: false, buttons: 8, leastGapMs: 3_000 },
  check: (values) => values,
  shown: ({ name = "", chat = "" }) => (name === "" ? chat : name),
  send: (message, to, signal) =>
    told(message, to, async (content) => {
      const params = {
        chat_id: to.values.chat,
        ...content,
        disable_notification: message.urgency === "quiet",
      };
      const { message_id: id } = await openTelegram(to.through).call(
        "sendMessage",
        params,
        sentShape,
        signal,
      );
      return { was: "delivered", remote: String(id) };
    }),
  edit: async (message, remote, to, signal) => {
    try {
      const outcome = await told(message, to, async (content) => {
        const params = { chat_id: to.values.chat, message_id: Number(remote), ...content };
        await openTelegram(to.through).call("editMessageText", params, editedShape, signal);
        return { was: "delivered", remote };
      });
      return outcome.was === "delivered" ? { was: "delivered", remote } : outcome;
    } catch (thrown) {
      if (!(thrown instanceof Gone)) throw thrown;
      return { was: "gone" };
    }
  },
};

/** There is no message any more that could be changed. */
class Gone extends Error {}

type Content = ReturnType<typeof contentOf>;

/** Sends it as it is meant, then in the plainest way if Telegram does not take that. */
const told = async (
  message: Message,
  to: Address,
  send: (content: Content) => Promise<Outcome>,
): Promise<Outcome> => {
  for (const plainly of [false, true]) {
    try {
      return await send(contentOf(message, plainly));
    } catch (thrown) {
      if (!(thrown instanceof TelegramError)) return withoutAnswer(thrown);
      if (!plainly && isAboutMarkup(thrown)) continue;
      return refusedBy(thrown, to);
    }
  }
  return { was: "refused", because: "Telegram does not take this message." };
};

const contentOf = (message: Message, plainly: boolean) => {
  const { text, entities } = markedText(message, { links: plainly });
  const rows = buttonRows(plainly ? { ...message, links: [] } : message);
  return {
    text,
    ...(plainly ? {} : { entities }),
    link_preview_options: { is_disabled: true },
    reply_markup: { inline_keyboard: rows },
  };
};

const isAboutMarkup = ({ status, description }: TelegramError): boolean =>
  status === 400 && /can't parse entities|button URL|BUTTON_|ENTITY_/i.test(description);

/** The words are those of the server's source (tdlib/telegram-bot-api). */
const refusedBy = (error: TelegramError, to: Address): Outcome => {
  const { status, description, message: because, movedTo, retryAfterMs } = error;
  if (/message is not modified/.test(description)) return { was: "delivered", remote: null };
  if (/message to edit not found|message can't be edited|MESSAGE_ID_INVALID/.test(description))
    throw new Gone();
  if (status === 429) return { was: "later", because, afterMs: retryAfterMs ?? null };
  // The proxy in front of it took it, and nobody knows how far it went.
  if (status >= 500) return { was: "ambiguous", because };
  if (movedTo !== null) return { was: "dead", because, moved: { ...to.values, chat: movedTo } };
  if (status === 401 || status === 403 || status === 404) return { was: "dead", because };
  if (/chat not found|PEER_ID_INVALID|user not found/i.test(description)) return { was: "dead", because };
  return { was: "refused", because };
};
