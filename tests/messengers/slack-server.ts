import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { refusedMessage } from "./slack-rules.ts";

export interface SlackMessage {
  channel: string;
  ts: string;
  text: string;
  /** All that is read in it, blocks included. */
  shown: string;
  buttons: { label: string; value: string }[];
  before: string[];
  thread: string | null;
}

type Trouble =
  | { does: "throttle"; seconds: number }
  | { does: "cut"; after: "before" | "done" }
  | { does: "fail"; status: number }
  | { does: "refuse"; error: string }
  | { does: "hang" };

/** Slack's Web API and its sockets on loopback. It refuses what Slack refuses, in Slack's words, and tells again what nobody acknowledged. */
export interface SlackServer {
  /** The root of the API, with a slash at its end. */
  origin: string;
  botToken: string;
  appToken: string;
  /** An incoming webhook. */
  hook: string;
  messages: readonly SlackMessage[];
  /** What was said to one person by the address that came with what they did. */
  whispers: readonly string[];
  calls(method: string): number;
  trouble(method: string, what: Trouble, times?: number): void;
  mend(): void;
  write(user: string, text: string, more?: { thread?: string; channel?: string }): void;
  press(user: string, message: SlackMessage, button: string | { value: string }): void;
  command(user: string, text: string): void;
  /** The next so many sockets' acknowledgements are lost on their way. */
  loseAcks(many: number): void;
  /** Told how often anything was sent that a socket had not acknowledged. */
  redeliveries(): number;
  /** Slack wants another socket. */
  refresh(): void;
  /** The line breaks without a word. */
  breakLine(): void;
  /** Socket Mode is switched off. */
  disable(): void;
  /** So many sockets are open. */
  sockets(): number;
  close(): Promise<void>;
}

const team = "T0001";

/** Shapes and words after https://docs.slack.dev (read in 2026). `ackMs`: Slack itself waits three seconds. */
export const startSlack = async ({ ackMs = 3_000 } = {}): Promise<SlackServer> => {
  const [botToken, appToken] = ["xoxb-1-milepost-test", "xapp-1-milepost-test"];
  const messages: SlackMessage[] = [];
  const whispers: string[] = [];
  const calls = new Map<string, number>();
  const troubles = new Map<string, { what: Trouble; left: number }>();
  const tickets = new Set<string>();
  const lines = new Set<WebSocket>();
  const unacknowledged = new Map<string, NodeJS.Timeout>();
  const responses = new Map<string, number>();
  let lost = 0;
  let again = 0;
  let count = 0;
  const fresh = () => `${++count}`;

  const deliver = (type: string, payload: object, attempt = 0, id = `e${fresh()}`): void => {
    const line = [...lines].at(-1);
    const more = attempt === 0 ? {} : { retry_attempt: attempt, retry_reason: "timeout" };
    const envelope = { envelope_id: id, type, payload, accepts_response_payload: type === "slash_commands" };
    line?.send(JSON.stringify({ ...envelope, ...more }));
    const timer = setTimeout(() => {
      unacknowledged.delete(id);
      if (attempt >= 3) return;
      again += 1;
      deliver(type, payload, attempt + 1, id);
    }, ackMs);
    unacknowledged.set(id, timer);
  };
  const contentOf = (given: Record<string, unknown>) => {
    const blocks = (given.blocks ?? []) as {
      text?: { text: string };
      fields?: { text: string }[];
      elements?: { text: { text: string }; value: string }[];
    }[];
    const buttons = blocks.flatMap(({ elements = [] }) =>
      elements.map(({ text, value }) => ({ label: text.text, value })),
    );
    const read = blocks.flatMap(({ text, fields = [] }) => [
      text?.text ?? "",
      ...fields.map((one) => one.text),
    ]);
    const text = String(given.text ?? "");
    return { text, buttons, shown: blocks.length === 0 ? text : read.join("\n") };
  };
  const methods: Record<string, (given: Record<string, unknown>) => object> = {
    "auth.test": () => ({ ok: true, team: "Test", team_id: team, user: "milepost", user_id: "U0BOT" }),
    "users.info": ({ user }) => ({
      ok: true,
      user: { name: String(user), profile: { real_name: `Person ${user}` } },
    }),
    "apps.connections.open": () => {
      const ticket = `t${fresh()}`;
      tickets.add(ticket);
      return { ok: true, url: `${origin.replace("http", "ws")}/link/?ticket=${ticket}` };
    },
    "chat.postMessage": (given) => {
      const refused = refusedMessage(given);
      if (refused !== null) return { ok: false, error: refused };
      const channel = String(given.channel);
      if (!/^[DCU]\w+$/.test(channel)) return { ok: false, error: "channel_not_found" };
      const ts = `1795000000.${fresh().padStart(6, "0")}`;
      const thread = given.thread_ts === undefined ? null : String(given.thread_ts);
      messages.push({ channel, ts, ...contentOf(given), before: [], thread });
      return { ok: true, channel, ts };
    },
    "chat.update": (given) => {
      const message = messages.find(({ channel, ts }) => channel === given.channel && ts === given.ts);
      if (message === undefined) return { ok: false, error: "message_not_found" };
      const refused = refusedMessage(given);
      if (refused !== null) return { ok: false, error: refused };
      message.before.push(message.shown);
      Object.assign(message, contentOf(given));
      return { ok: true, channel: message.channel, ts: message.ts };
    },
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = new URL(request.url ?? "/", origin).pathname;
    const given = (body === "" ? {} : JSON.parse(body)) as Record<string, unknown>;
    if (path.startsWith("/respond/")) {
      const left = responses.get(path) ?? 0;
      if (left === 0) return plain(response, 404, "expired_url");
      responses.set(path, left - 1);
      whispers.push(contentOf(given).shown);
      return plain(response, 200, "ok");
    }
    const method = path === "/hook/secret" ? "hook" : path.replace("/api/", "");
    calls.set(method, (calls.get(method) ?? 0) + 1);
    const act = method === "hook" ? methods["chat.postMessage"] : methods[method];
    const trouble = troubles.get(method);
    if (trouble !== undefined && trouble.left-- > 0) {
      const { what } = trouble;
      if (what.does === "hang") return;
      if (what.does === "throttle") {
        response.setHeader("Retry-After", what.seconds);
        return json(response, 429, { ok: false, error: "ratelimited" });
      }
      if (what.does === "fail") return plain(response, what.status, "trouble");
      if (what.does === "refuse")
        return method === "hook"
          ? plain(response, 404, what.error)
          : json(response, 200, { ok: false, error: what.error });
      if (what.after === "done") act?.(given);
      return void request.socket.destroy();
    }
    if (act === undefined) return json(response, 200, { ok: false, error: "unknown_method" });
    if (method === "hook") {
      const refused = refusedMessage(given);
      if (refused !== null) return plain(response, 400, refused);
      act({ ...given, channel: "CHOOK" });
      return plain(response, 200, "ok");
    }
    const token = request.headers.authorization?.replace("Bearer ", "");
    if (token !== (method === "apps.connections.open" ? appToken : botToken))
      return json(response, 200, { ok: false, error: "invalid_auth" });
    json(response, 200, act(given));
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const ticket = new URL(request.url ?? "/", "http://slack").searchParams.get("ticket") ?? "";
    // Good once.
    if (!tickets.delete(ticket)) return void socket.end("HTTP/1.1 408 Request Timeout\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (line) => {
      lines.add(line);
      line.on("close", () => lines.delete(line));
      line.on("message", (data) => {
        const { envelope_id: id } = JSON.parse(String(data)) as { envelope_id: string };
        if (lost-- > 0) return;
        lost = 0;
        clearTimeout(unacknowledged.get(id));
        unacknowledged.delete(id);
      });
      line.ping();
      line.send(
        JSON.stringify({ type: "hello", num_connections: lines.size, connection_info: { app_id: "A1" } }),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const responseUrl = () => {
    const path = `/respond/${fresh()}`;
    responses.set(path, 5);
    return `${origin}${path}`;
  };
  const tell = (message: object) => {
    for (const line of lines) line.send(JSON.stringify(message));
  };
  return {
    origin: `${origin}/api/`,
    hook: `${origin}/hook/secret`,
    botToken,
    appToken,
    messages,
    whispers,
    calls: (method) => calls.get(method) ?? 0,
    trouble: (method, what, times = 1) => void troubles.set(method, { what, left: times }),
    mend: () => troubles.clear(),
    write: (user, text, { thread, channel = `D${user}` } = {}) => {
      const isIm = channel.startsWith("D");
      const event = {
        ...{ type: isIm ? "message" : "app_mention", user, text, channel },
        ...(isIm ? { channel_type: "im" } : {}),
        ts: `1795000001.${fresh().padStart(6, "0")}`,
        ...(thread === undefined ? {} : { thread_ts: thread }),
      };
      deliver("events_api", { type: "event_callback", team_id: team, event_id: `Ev${fresh()}`, event });
    },
    press: (user, message, button) => {
      const value =
        typeof button === "string"
          ? message.buttons.find(({ label }) => label === button)?.value
          : button.value;
      if (value === undefined) throw new Error(`There is no button “${button}”.`);
      deliver("interactive", {
        type: "block_actions",
        user: { id: user, name: user.toLowerCase() },
        team: { id: team },
        container: { type: "message", channel_id: message.channel, message_ts: message.ts },
        actions: [{ action_id: "press-0", value, action_ts: `1795000002.${fresh()}` }],
        response_url: responseUrl(),
        trigger_id: fresh(),
      });
    },
    command: (user, text) =>
      deliver("slash_commands", {
        ...{ command: "/milepost", text, user_id: user, user_name: user.toLowerCase() },
        ...{ team_id: team, channel_id: "C0GENERAL", response_url: responseUrl(), trigger_id: fresh() },
      }),
    loseAcks: (many) => {
      lost = many;
    },
    redeliveries: () => again,
    refresh: () => tell({ type: "disconnect", reason: "refresh_requested" }),
    breakLine: () => {
      for (const line of lines) line.terminate();
    },
    disable: () => tell({ type: "disconnect", reason: "link_disabled" }),
    sockets: () => lines.size,
    close: async () => {
      for (const timer of unacknowledged.values()) clearTimeout(timer);
      for (const line of lines) line.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const json = (response: ServerResponse, status: number, body: object): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
const plain = (response: ServerResponse, status: number, body: string): void =>
  void response.writeHead(status, { "content-type": "text/plain" }).end(body);
