import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { badMarkup } from "./telegram-markup.ts";

export interface TelegramButton {
  text: string;
  callback_data?: string;
  url?: string;
}

/** A message that stands in a chat. */
export interface TelegramMessage {
  id: number;
  chat: number;
  text: string;
  buttons: TelegramButton[];
  /** Its texts before it was edited, the oldest first. */
  before: string[];
  replyTo: number | null;
  isSilent: boolean;
}

export interface TelegramPerson {
  id: number;
  name: string;
}

/** What the next call of a method meets. */
type Trouble =
  | { does: "throttle"; seconds: number }
  | { does: "cut"; after: "before" | "done" }
  | { does: "fail"; status: number; description: string }
  /** It is done, and people see it; the bot hears of that so much later. */
  | { does: "lag"; ms: number }
  | { does: "hang" };

/** Telegram's Bot API on loopback. It refuses what Telegram refuses, in Telegram's words, and forgets no update until it is confirmed. */
export interface TelegramServer {
  /** The root of the API: `/bot<token>/<method>` follows. */
  origin: string;
  token: string;
  messages: readonly TelegramMessage[];
  /** What was shown to those who pressed a button. */
  toasts: readonly { text: string; alert: boolean }[];
  /** How often each method was called. */
  calls(method: string): number;
  /** The next call of this method, or all until `mend`, meets trouble. */
  trouble(method: string, what: Trouble, times?: number): void;
  mend(): void;
  /** Somebody writes to the bot; they are known from then on. Returns the id of the update. */
  write(from: TelegramPerson, text: string, more?: { replyTo?: number; chat?: number }): number;
  /** Somebody presses a button, of an older state of the message too where its data is given. */
  press(from: TelegramPerson, message: number, button: string | { data: string }): void;
  /** The same update comes again, as after an answer that never arrived. */
  again(update: number): void;
  block(person: number): void;
  /** A group became a supergroup with another id. */
  migrate(chat: number, to: number): void;
  /** All presses so far are older than a quarter of a minute. */
  age(): void;
  /** Another program serves this bot by a webhook. */
  webhook: string;
  /** Another program polls: the poll that is held ends with a conflict. */
  takeOver(): void;
  /** The bot's token is no longer good. */
  revoke(): void;
  /** Resolves when a poll is held open. */
  polled(): Promise<void>;
  close(): Promise<void>;
}

const tooOld = "Bad Request: query is too old and response timeout expired or query ID is invalid";
const conflict =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
const same =
  "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

class Refusal extends Error {
  readonly status: number;
  readonly parameters: object | undefined;
  constructor(status: number, description: string, parameters?: object) {
    super(description);
    this.status = status;
    this.parameters = parameters;
  }
}

type Given = Readonly<Record<string, unknown>>;
type Update = { update_id: number } & Record<string, unknown>;

/** Shapes and words after https://core.telegram.org/bots/api and the server's source (tdlib/telegram-bot-api), read in 2026. */
export const startTelegram = async (): Promise<TelegramServer> => {
  const bot = { id: 7_000_000_001, is_bot: true, first_name: "Milepost", username: "milepost_test_bot" };
  const token = `${bot.id}:AA${"milepost".padEnd(33, "x")}`;
  const messages: TelegramMessage[] = [];
  const toasts: { text: string; alert: boolean }[] = [];
  const calls = new Map<string, number>();
  const troubles = new Map<string, { what: Trouble; left: number }>();
  const chats = new Set<number>();
  const blocked = new Set<number>();
  const moved = new Map<number, number>();
  const queries = new Set<string>();
  const all: Update[] = [];
  let updates: Update[] = [];
  let held: { response: ServerResponse; offset: number; timer: NodeJS.Timeout } | null = null;
  let isRevoked = false;
  const waiting: (() => void)[] = [];
  const state = { webhook: "" };

  const letGo = (status: number, body: object) => {
    if (held === null) return;
    clearTimeout(held.timer);
    answer(held.response, status, body);
    held = null;
  };
  const add = (update: Record<string, unknown>): number => {
    const one = { update_id: 1_000 + all.length, ...update };
    all.push(one);
    updates.push(one);
    letGo(200, { ok: true, result: updates.filter(({ update_id }) => update_id >= (held?.offset ?? 0)) });
    return one.update_id;
  };
  const poll = (response: ServerResponse, given: Given): void => {
    const offset = Number(given.offset ?? 0);
    letGo(409, { ok: false, error_code: 409, description: conflict });
    updates = offset < 0 ? updates.slice(offset) : updates.filter(({ update_id }) => update_id >= offset);
    if (updates.length > 0) {
      answer(response, 200, { ok: true, result: updates.slice(0, Number(given.limit ?? 100)) });
      return;
    }
    const timer = setTimeout(
      () => letGo(200, { ok: true, result: [] }),
      Math.min(50, Number(given.timeout ?? 0)) * 1_000,
    );
    held = { response, offset, timer };
    // Of the answer, not of the question: Node ends that once its body is read.
    response.on("close", () => {
      if (held?.response !== response) return;
      clearTimeout(timer);
      held = null;
    });
    for (const tell of waiting.splice(0)) tell();
  };

  const chatOf = (given: Given): number => {
    const chat = Number(given.chat_id);
    if (blocked.has(chat)) throw new Refusal(403, "Forbidden: bot was blocked by the user");
    const to = moved.get(chat);
    if (to !== undefined)
      throw new Refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", {
        migrate_to_chat_id: to,
      });
    if (!chats.has(chat)) throw new Refusal(400, "Bad Request: chat not found");
    return chat;
  };
  const contentOf = (given: Given) => {
    const text = String(given.text ?? "");
    if (text.trim() === "") throw new Refusal(400, "Bad Request: message text is empty");
    const fault = badMarkup(text, given);
    if (fault.because !== null) throw new Refusal(400, `Bad Request: ${fault.because}`);
    if (fault.length > 4_096) throw new Refusal(400, "Bad Request: message is too long");
    const rows = (given.reply_markup as { inline_keyboard?: TelegramButton[][] } | undefined)
      ?.inline_keyboard;
    const buttons = (rows ?? []).flat();
    for (const { text: label, callback_data: data, url } of buttons) {
      if (label === "")
        throw new Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard");
      if (url === undefined && !(Buffer.byteLength(data ?? "") >= 1 && Buffer.byteLength(data ?? "") <= 64))
        throw new Refusal(400, "Bad Request: BUTTON_DATA_INVALID");
      if (url !== undefined && !/^https?:\/\/[^/]*\.|^tg:/.test(url))
        throw new Refusal(400, `Bad Request: inline keyboard button URL '${url}' is invalid: Wrong HTTP URL`);
    }
    return { text, buttons };
  };
  const shown = ({ id, chat, text, buttons }: TelegramMessage) => ({
    message_id: id,
    date: 1_795_000_000,
    chat: { id: chat, type: chat < 0 ? "supergroup" : "private" },
    from: bot,
    text,
    ...(buttons.length === 0 ? {} : { reply_markup: { inline_keyboard: buttons.map((one) => [one]) } }),
  });
  const methods: Record<string, (given: Given) => unknown> = {
    getMe: () => ({ ...bot, can_join_groups: true, can_read_all_group_messages: false }),
    getWebhookInfo: () => ({ url: state.webhook, has_custom_certificate: false, pending_update_count: 0 }),
    deleteWebhook: () => {
      state.webhook = "";
      return true;
    },
    setMyCommands: () => true,
    sendMessage: (given) => {
      const chat = chatOf(given);
      const replyTo = (given.reply_parameters as { message_id?: number } | undefined)?.message_id ?? null;
      const message = {
        ...{ id: messages.length + 1, chat, ...contentOf(given), before: [], replyTo },
        isSilent: given.disable_notification === true,
      };
      messages.push(message);
      return shown(message);
    },
    editMessageText: (given) => {
      const message = messages.find(({ id, chat }) => id === given.message_id && chat === chatOf(given));
      if (message === undefined) throw new Refusal(400, "Bad Request: message to edit not found");
      const { text, buttons } = contentOf(given);
      if (text === message.text && JSON.stringify(buttons) === JSON.stringify(message.buttons))
        throw new Refusal(400, same);
      message.before.push(message.text);
      Object.assign(message, { text, buttons });
      return shown(message);
    },
    answerCallbackQuery: (given) => {
      if (!queries.delete(String(given.callback_query_id))) throw new Refusal(400, tooOld);
      if (String(given.text ?? "").length > 200) throw new Refusal(400, "Bad Request: MESSAGE_TOO_LONG");
      toasts.push({ text: String(given.text ?? ""), alert: given.show_alert === true });
      return true;
    },
  };

  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const [, given, method = ""] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? "") ?? [];
    if (given !== token || isRevoked) return refuse(response, new Refusal(401, "Unauthorized"));
    calls.set(method, (calls.get(method) ?? 0) + 1);
    const values = (body === "" ? {} : JSON.parse(body)) as Given;
    const trouble = troubles.get(method);
    if (trouble !== undefined && trouble.left-- > 0) {
      const { what } = trouble;
      if (what.does === "hang") return;
      if (what.does === "lag") {
        const result = methods[method]?.(values);
        return void setTimeout(() => answer(response, 200, { ok: true, result }), what.ms);
      }
      if (what.does === "cut") {
        if (what.after === "done") methods[method]?.(values);
        return void request.socket.destroy();
      }
      if (what.does === "fail") return refuse(response, new Refusal(what.status, what.description));
      return refuse(
        response,
        new Refusal(429, `Too Many Requests: retry after ${what.seconds}`, { retry_after: what.seconds }),
      );
    }
    if (method === "getUpdates") {
      if (state.webhook === "") return poll(response, values);
      const why =
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
      return refuse(response, new Refusal(409, `Conflict: ${why}`));
    }
    const act = methods[method];
    if (act === undefined) return refuse(response, new Refusal(404, "Not Found"));
    try {
      answer(response, 200, { ok: true, result: act(values) });
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      refuse(response, thrown);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const userOf = ({ id, name }: TelegramPerson) => ({ id, is_bot: false, first_name: name });
  const chatFor = (id: number, name: string) => ({
    ...{ id, type: id < 0 ? "supergroup" : "private" },
    ...(id < 0 ? { title: "A group" } : { first_name: name }),
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    messages,
    toasts,
    calls: (method) => calls.get(method) ?? 0,
    trouble: (method, what, times = 1) => void troubles.set(method, { what, left: times }),
    mend: () => troubles.clear(),
    write: (from, text, { replyTo, chat = from.id } = {}) => {
      chats.add(chat);
      blocked.delete(chat);
      const answered = messages.find(({ id, chat: its }) => id === replyTo && its === chat);
      return add({
        message: {
          ...{ message_id: 50_000 + all.length, date: 1_795_000_000, text },
          ...{ from: userOf(from), chat: chatFor(chat, from.name) },
          ...(answered === undefined ? {} : { reply_to_message: shown(answered) }),
        },
      });
    },
    press: (from, id, button) => {
      const message = messages.find((one) => one.id === id);
      const data =
        typeof button === "string"
          ? message?.buttons.find(({ text }) => text === button)?.callback_data
          : button.data;
      if (message === undefined || data === undefined) throw new Error(`There is no button “${button}”.`);
      const query = `q${all.length}`;
      queries.add(query);
      const [user, chat_instance] = [userOf(from), String(message.chat)];
      add({ callback_query: { id: query, from: user, message: shown(message), chat_instance, data } });
    },
    again: (update) => {
      const one = all.find(({ update_id }) => update_id === update);
      // A number of its own, as after a bot that lost what it had confirmed.
      if (one !== undefined) add({ ...one, update_id: 1_000 + all.length });
    },
    block: (person) => void blocked.add(person),
    migrate: (chat, to) => {
      moved.set(chat, to);
      chats.add(to);
    },
    age: () => queries.clear(),
    get webhook() {
      return state.webhook;
    },
    set webhook(url) {
      state.webhook = url;
    },
    takeOver: () => letGo(409, { ok: false, error_code: 409, description: conflict }),
    revoke: () => {
      isRevoked = true;
      letGo(401, { ok: false, error_code: 401, description: "Unauthorized" });
    },
    polled: () => (held === null ? new Promise((tell) => waiting.push(tell)) : Promise.resolve()),
    close: async () => {
      letGo(200, { ok: true, result: [] });
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const refuse = (response: ServerResponse, { status, message, parameters }: Refusal): void =>
  answer(response, status, {
    ...{ ok: false, error_code: status, description: message },
    ...(parameters === undefined ? {} : { parameters }),
  });
const answer = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
