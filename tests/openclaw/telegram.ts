import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A message that a bot sent. */
export interface Sent {
  bot: string;
  chatId: string;
  text: string;
}

/** Telegram's Bot API on loopback, as far as OpenClaw asks it. */
export interface Telegram {
  /** The root of the API: OpenClaw appends `/bot<token>/<method>`. */
  origin: string;
  /** A new bot; every other token is refused as Telegram refuses it. Gives its token. */
  addBot(username: string): string;
  /** As @BotFather's /revoke: this token is refused from now on. */
  revoke(token: string): void;
  /** A person writes to a bot: it gets that with its next look for news. */
  write(username: string, from: { id: number; name: string }, text: string): void;
  sent: readonly Sent[];
  close(): Promise<void>;
}

/** So long an empty poll for news is held open; Telegram itself holds it as long as it is asked to. */
const pollMs = 2_000;

/** Shapes and words after https://core.telegram.org/bots/api (read in 2026). */
export const startTelegram = async (): Promise<Telegram> => {
  const bots = new Map<string, { id: number; username: string }>();
  const sent: Sent[] = [];
  const news = new Map<string, { update_id: number; message: unknown }[]>();
  let updates = 0;
  let nextId = 123_456_789;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const [, token = "", method = ""] = /^\/bot([^/]+)\/(\w+)/.exec(request.url ?? "") ?? [];
    const bot = bots.get(token);
    if (bot === undefined) return refuse(response, 401, "Unauthorized");
    const given = paramsOf(body);
    if (method === "getMe") return accept(response, userOf(bot));
    if (method === "getUpdates") {
      const waiting = (news.get(bot.username) ?? []).filter(
        ({ update_id }) => update_id >= (Number(given.offset) || 0),
      );
      news.set(bot.username, waiting);
      if (waiting.length > 0) return accept(response, waiting);
      return void setTimeout(() => accept(response, []), pollMs).unref();
    }
    if (method === "getWebhookInfo")
      return accept(response, { url: "", has_custom_certificate: false, pending_update_count: 0 });
    if (method !== "sendMessage") return accept(response, true);
    const [chatId, text] = [String(given.chat_id), String(given.text)];
    if (!/^-?\d+$/.test(chatId)) return refuse(response, 400, "Bad Request: chat not found");
    sent.push({ bot: bot.username, chatId, text });
    const chat = { id: Number(chatId), type: "private", first_name: "Ada" };
    accept(response, { message_id: sent.length, date: 1_795_000_000, chat, from: userOf(bot), text });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    addBot: (username) => {
      const id = nextId++;
      const token = `${id}:${"AAmilepost".padEnd(35, "x")}`;
      bots.set(token, { id, username });
      return token;
    },
    revoke: (token) => void bots.delete(token),
    write: (username, { id, name }, text) => {
      const from = { id, is_bot: false, first_name: name, username: name.toLowerCase() };
      const chat = { id, type: "private", first_name: name, username: name.toLowerCase() };
      const update_id = ++updates;
      const date = Math.floor(Date.now() / 1_000);
      news.set(username, [
        ...(news.get(username) ?? []),
        { update_id, message: { message_id: 1_000 + update_id, date, chat, from, text } },
      ]);
    },
    sent,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const userOf = ({ id, username }: { id: number; username: string }) => ({
  ...{ id, is_bot: true, first_name: username, username },
  ...{ can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false },
});

const paramsOf = (body: string): Record<string, unknown> => {
  if (body.startsWith("{")) return JSON.parse(body) as Record<string, unknown>;
  return Object.fromEntries(new URLSearchParams(body));
};

const accept = (response: ServerResponse, result: unknown) => answer(response, 200, { ok: true, result });
const refuse = (response: ServerResponse, status: number, description: string) =>
  answer(response, status, { ok: false, error_code: status, description });
const answer = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
