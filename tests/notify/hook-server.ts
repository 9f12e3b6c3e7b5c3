import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What a hook says to what it is sent. */
export interface Said {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A message that a hook took: what people see of it there. */
export interface Taken {
  id: string;
  shown: string;
}

/** The rules of one kind of hook: Discord's, say. */
export interface HookRules {
  /** "/api/webhooks/1/secret": whoever knows it may post. */
  path: string;
  /** Takes a message or refuses it; `method` and `url` as they came. */
  take(hook: Hook, asked: { method: string; url: URL; given: Record<string, unknown> }): Said;
  /** What is said to too many. */
  throttled(seconds: number): Said;
  /** What is said when the hook is there no more. */
  gone: Said;
}

type Trouble = "throttle" | "cut" | "fail" | "hang" | "gone";

/** Something of another maker's that takes messages by HTTP, on loopback. */
export interface Hook {
  url: string;
  taken: Taken[];
  requests: number;
  /** What the next request meets. */
  next: { does: Trouble; seconds?: number } | null;
  close(): Promise<void>;
}

export const startHook = async ({ path, take, throttled, gone }: HookRules): Promise<Hook> => {
  const server = createServer(async (request, response) => {
    let body = "";
    // A sign may come in two pieces.
    request.setEncoding("utf8");
    for await (const chunk of request) body += chunk;
    hook.requests += 1;
    const url = new URL(request.url ?? "/", hook.url);
    const asked = { method: request.method ?? "", url, given: JSON.parse(body) as Record<string, unknown> };
    const trouble = hook.next;
    hook.next = null;
    if (trouble?.does === "hang") return;
    if (trouble?.does === "cut") {
      // It arrived, and nobody is told so.
      take(hook, asked);
      return void request.socket.destroy();
    }
    const said = ((): Said => {
      if (trouble?.does === "throttle") return throttled(trouble.seconds ?? 1);
      if (trouble?.does === "fail") return { status: 502, body: "<html>Bad gateway</html>" };
      if (trouble?.does === "gone" || !url.pathname.startsWith(path)) return gone;
      return take(hook, asked);
    })();
    const text = typeof said.body === "string" ? said.body : JSON.stringify(said.body);
    response.writeHead(said.status, said.headers).end(said.body === undefined ? undefined : text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const hook: Hook = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    taken: [],
    requests: 0,
    next: null,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return hook;
};

/** https://discord.com/developers/docs/resources/webhook */
export const discordRules: HookRules = {
  path: "/api/webhooks/123/secret-of-the-hook",
  throttled: (seconds) => ({
    status: 429,
    body: { message: "You are being rate limited.", retry_after: seconds, global: false },
    headers: { "retry-after": String(seconds), "x-ratelimit-scope": "user" },
  }),
  gone: { status: 404, body: { message: "Unknown Webhook", code: 10_015 } },
  take: (hook, { method, url, given }) => {
    const { content = "", embeds = [] } = given as {
      content?: string;
      embeds?: { title?: string; description?: string; fields?: { name: string; value: string }[] }[];
    };
    const wrong: Said = { status: 400, body: { code: 50_035, message: "Invalid Form Body" } };
    const sizes = embeds.map(({ title = "", description = "", fields = [] }) => ({
      all:
        title.length +
        description.length +
        fields.reduce((sum, one) => sum + one.name.length + one.value.length, 0),
      fits:
        title.length <= 256 &&
        description.length <= 4_096 &&
        fields.length <= 25 &&
        fields.every(({ name, value }) => inRange(name, 256) && inRange(value, 1_024)),
    }));
    const all = sizes.reduce((sum, one) => sum + one.all, 0);
    if (content.length > 2_000 || embeds.length > 10 || all > 6_000 || sizes.some(({ fits }) => !fits))
      return wrong;
    if (content === "" && all === 0)
      return { status: 400, body: { code: 50_006, message: "Cannot send an empty message" } };
    const pings = (given.allowed_mentions as { parse?: string[] } | undefined)?.parse ?? ["everyone"];
    const shown = `${pings.length > 0 ? "PING " : ""}${content}\n${JSON.stringify(embeds)}`;
    const id = /\/messages\/(\d+)$/.exec(url.pathname)?.[1];
    if (method === "PATCH") {
      const there = hook.taken.find((one) => one.id === id);
      if (there === undefined) return { status: 404, body: { message: "Unknown Message", code: 10_008 } };
      there.shown = shown;
      return { status: 200, body: { id } };
    }
    const made = { id: String(900 + hook.taken.length), shown };
    hook.taken.push(made);
    return url.searchParams.get("wait") === "true" ? { status: 200, body: { id: made.id } } : { status: 204 };
  },
};

/** A flow of Power Automate: it accepts everything, and a card that is too large is never seen. */
export const teamsRules: HookRules = {
  path: "/workflows/secret-of-the-flow/triggers/manual",
  throttled: (seconds) => ({ status: 429, headers: { "retry-after": String(seconds) }, body: { error: {} } }),
  gone: {
    status: 404,
    body: { error: { code: "WorkflowNotFound", message: "The workflow could not be found." } },
  },
  take: (hook, { given }) => {
    const [card] = (given.attachments ?? []) as {
      contentType: string;
      content: { body: object[]; actions: object[] };
    }[];
    const isCard = card?.contentType === "application/vnd.microsoft.card.adaptive";
    if (isCard && Buffer.byteLength(JSON.stringify(given)) <= 28 * 1_024)
      hook.taken.push({ id: "", shown: JSON.stringify(card.content) });
    return { status: 202 };
  },
};

/** https://github.com/caronc/apprise-api */
export const appriseRules: HookRules = {
  path: "/notify/secret-key",
  throttled: (seconds) => ({ status: 429, headers: { "retry-after": String(seconds) }, body: "" }),
  gone: { status: 204 },
  take: (hook, { given }) => {
    const { title = "", body = "", type = "info", format } = given as Record<string, string>;
    if (body === "" || !["info", "success", "warning", "failure"].includes(type))
      return { status: 400, body: { error: "Bad FORM Payload provided." } };
    hook.taken.push({ id: "", shown: `${title}\n${body}\n${format}` });
    return { status: 200, body: { error: null } };
  },
};

const inRange = (text: string, most: number): boolean => text.length >= 1 && text.length <= most;
