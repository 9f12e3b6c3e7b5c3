import { z } from "zod";
import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { createTelegramClient, type TelegramClient, telegramApi } from "./client.ts";

/** The bot as it knows itself. */
export const botShape = z.object({ id: z.number(), username: z.string() });
const webhookShape = z.object({ url: z.string() });

export const telegramKind: ConnectionKind = {
  kind: "telegram",
  title: "Telegram bot",
  about: "Tells people in Telegram, and takes their answers from there. No public address is needed.",
  fields: [
    {
      name: "token",
      label: "Token of the bot",
      help: "Write /newbot to @BotFather in Telegram; it gives you one. A bot that another program uses cannot be used here as well.",
      placeholder: "1234567890:AA…",
      required: true,
      secret: true,
    },
    {
      name: "apiRoot",
      label: "Address of the Bot API",
      help: "Telegram's own, unless you run a Bot API server yourself.",
      preset: telegramApi,
      required: true,
      secret: false,
    },
  ],
  check: (values) => ({ token: checkedToken(values), apiRoot: checkedRoot(values) }),
  async test(values, signal): Promise<ConnectionReport> {
    const start = performance.now();
    const report = (ok: boolean, sentence: string, facts: ConnectionReport["facts"] = []) => ({
      ...{ ok, sentence, facts },
      latencyMs: Math.round(performance.now() - start),
    });
    try {
      const telegram = openTelegram(values);
      const { username } = await telegram.call("getMe", {}, botShape, signal);
      const { url } = await telegram.call("getWebhookInfo", {}, webhookShape, signal);
      if (url !== "") return report(false, servedElsewhere(url));
      return report(true, `Signed in as @${username}.`, [
        { label: "Bot", value: `https://t.me/${username}` },
      ]);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "internal")
        throw thrown;
      return report(false, thrown.message);
    }
  },
};

/** What is wrong with a bot that another program serves: to take it over would silence that one. */
export const servedElsewhere = (url: string): string => {
  const host = URL.canParse(url) ? new URL(url).host : url;
  return `Another program serves this bot by a webhook at ${host}. Make a bot for Milepost alone, or remove that webhook.`;
};

/** Throws AppError("not-allowed-now") with that sentence where another program serves the bot. */
export const assertOurs = async (telegram: TelegramClient, signal: AbortSignal): Promise<void> => {
  const { url } = await telegram.call("getWebhookInfo", {}, webhookShape, signal);
  if (url !== "") throw new AppError("not-allowed-now", servedElsewhere(url));
};

/** A client for a stored connection. */
export const openTelegram = (values: ConnectionValues): TelegramClient =>
  createTelegramClient({ token: checkedToken(values), apiRoot: checkedRoot(values) });

const checkedToken = (values: ConnectionValues): string => {
  const token = (values.token ?? "").trim();
  if (/^\d{5,20}:[\w-]{30,100}$/.test(token)) return token;
  throw new AppError(
    "bad-input",
    "The token of a bot is a number, a colon, and some 35 letters and digits. Copy it again from @BotFather.",
    { field: "token" },
  );
};

const checkedRoot = (values: ConnectionValues): string => {
  const typed = (values.apiRoot ?? "").trim() || telegramApi;
  const isAddress = URL.canParse(typed) && /^https?:$/.test(new URL(typed).protocol);
  if (isAddress) return typed.replace(/\/+$/, "");
  throw new AppError(
    "bad-input",
    `The address of the Bot API begins with https://. Telegram's own is ${telegramApi}`,
    {
      field: "apiRoot",
    },
  );
};
