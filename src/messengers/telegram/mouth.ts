import { z } from "zod";
import { type TelegramClient, TelegramError } from "#connectors/telegram/client.ts";
import type { Said } from "#messengers/hearing.ts";
import { pressOf } from "#messengers/pressed.ts";
import { cutText } from "#notify/channels/cut-text.ts";
import { type InlineButton, isPublic, longestButton, longestText } from "#notify/channels/telegram-text.ts";

const sentShape = z.object({ message_id: z.number() });
const buttonsARow = 3;
const longestHint = 200;

/** What is said in a conversation, by a bot. */
export const createTelegramMouth = (
  telegram: TelegramClient,
  absolute: (path: string) => string,
  signal: AbortSignal,
) => ({
  say: async (chat: string, line: Said): Promise<string> => {
    const params = { chat_id: chat, ...contentOf(line, absolute) };
    return String((await telegram.call("sendMessage", params, sentShape, signal)).message_id);
  },
  /** False: there is nothing to change any more. */
  show: async (chat: string, remote: string, line: Said): Promise<boolean> => {
    try {
      const params = { chat_id: chat, message_id: Number(remote), ...contentOf(line, absolute) };
      await telegram.call("editMessageText", params, z.unknown(), signal);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof TelegramError)) throw thrown;
      if (/message is not modified/.test(thrown.description)) return true;
      if (thrown.status === 429 || thrown.status >= 500) throw thrown;
      return false;
    }
  },
  hint: async (query: string, text: string, isRefusal: boolean): Promise<void> => {
    try {
      const params = { callback_query_id: query, text: cutText(text, longestHint), show_alert: isRefusal };
      await telegram.call("answerCallbackQuery", params, z.unknown(), signal);
    } catch (thrown) {
      // A press from while we were away is taken all the same; only its wheel has stopped turning.
      if (!(thrown instanceof TelegramError && thrown.status === 400)) throw thrown;
    }
  },
});

const contentOf = (line: Said, absolute: (path: string) => string) => {
  const { lines, link, buttons } = line;
  const href = link === null ? null : absolute(link.href);
  const told = link === null || href === null || isPublic(href) ? "" : `\n${link.label}: ${href}`;
  const pressed = buttons.map(({ label }, index) => ({
    text: cutText(label, longestButton),
    callback_data: pressOf(line, index),
  }));
  const rows: InlineButton[][] = [];
  for (let at = 0; at < pressed.length; at += buttonsARow) rows.push(pressed.slice(at, at + buttonsARow));
  if (link !== null && href !== null && isPublic(href))
    rows.push([{ text: cutText(link.label, longestButton), url: href }]);
  return {
    text: `${cutText(lines.join("\n"), longestText - told.length)}${told}`,
    link_preview_options: { is_disabled: true },
    reply_markup: { inline_keyboard: rows },
  };
};
