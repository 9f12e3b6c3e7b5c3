import { request } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { Actor } from "#core/actor.ts";
import { text } from "#core/field-kinds.ts";
import type { Passkey } from "#core/passkey.ts";
import { everything as fullScope } from "#core/rights.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import type { Listening } from "#main/listen.ts";
import { ada } from "../people/ada.ts";
import { createHandTimers } from "./hand-timers.ts";
import { listen } from "./listen.ts";
import { openSite, type Site, whence } from "./site.ts";

/** Runs of these never end, so that whoever waits for one waits. */
const endless = (id: string, ...names: string[]) =>
  workflow(id, id, "Waits.", start({ fields: names.map((name) => text(name, name)), subject: () => id }))
    .wait("wait", "Wait", {
      look: async () => ({ waiting: "PENDING" }),
      everyMs: 60_000,
      timeoutMs: 3_600_000,
    })
    .hands(() => ({ sentence: "Never." }));

const timers = createHandTimers();
let site: Site;
let server: Listening;
let runId: string;
let deployment: string;
beforeAll(async () => {
  const bot = ["name", "token", "connection"];
  site = await openSite({
    workflows: [endless("endless"), endless("deploy-stack"), endless("create-bot", ...bot)],
    deps: { clock: timers.clock },
  });
  server = await listen(site);
  runId = (await site.engine.start("endless", {}, "Ada")).runId;
  deployment = (await site.engine.start("deploy-stack", {}, "Ada")).runId;
});
afterAll(async () => {
  server.close();
  await site.close();
});

type Headers = Record<string, string>;

/** One thing that is held open. */
interface Held {
  closed: Promise<void>;
  isClosed: boolean;
  close(): void;
}
const all: Held[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const one of all.splice(0)) one.close();
});

const held = (listenTo: (closed: () => void) => () => void): Held => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const one: Held = { closed: promise, isClosed: false, close: () => {} };
  one.close = listenTo(() => {
    one.isClosed = true;
    resolve();
  });
  all.push(one);
  return one;
};

const answer =
  (path: () => string, asked: { body?: object; headers?: Headers } = {}) =>
  (headers: Headers): Held =>
    held((closed) => {
      const { body } = asked;
      const type = body === undefined ? {} : { "Content-Type": "application/json" };
      const sent = request(server.origin + path(), {
        method: body === undefined ? "GET" : "POST",
        headers: { ...headers, ...type, ...asked.headers },
      });
      sent.on("response", (got) => got.on("error", closed).once("close", closed).resume());
      sent.on("error", closed);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
      return () => sent.destroy();
    });
const socket =
  (path: () => string) =>
  (headers: Headers): Held =>
    held((closed) => {
      const ws = new WebSocket(server.origin.replace("http", "ws") + path(), { headers });
      ws.once("close", closed).on("error", closed);
      return () => ws.terminate();
    });

/** Everything that stays open for whoever is signed in. */
const kinds = () => [
  answer(() => `/api/runs/${runId}/events`),
  answer(() => `/runs/${runId}/log/live`),
  answer(() => `/api/status/${deployment}`),
  socket(() => `/ws/runs/${runId}`),
  socket(() => "/ws/runs"),
  socket(() => `/ws/tasks/${runId}`),
  socket(() => "/ws/tasks"),
  answer(() => "/api/workflows/endless/runs", { body: { values: {} }, headers: { Prefer: "wait=600" } }),
  answer(() => "/api/create-bot-steps", { body: { node: "here", name: "bot", token: "1:a" } }),
];
/** An agent that waits for a run. */
const agent = () =>
  answer(() => "/mcp", {
    body: {
      ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
      params: { name: "get_run", arguments: { run: runId, wait_s: 25 } },
    },
    headers: { Accept: "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18" },
  });

/** Somebody, with a token and with two browsers, one of which the token signed in. */
const someone = async (lastsMs: number | null = 3_600_000) => {
  const name = site.deps.newId();
  const { person } = await site.deps.people.invite({ name, role: "operator" }, ada);
  const by: Actor = { kind: "person", id: person.id, name, personId: person.id };
  const asked = { name, scope: fullScope, lastsMs };
  const { token, secret } = await site.deps.tokens.create(asked, by);
  const passkey: Passkey = {
    ...{ id: `key of ${name}`, personId: person.id, name: "Key", host: "localhost", handle: name },
    ...{ publicKey: "", counter: 0, transports: [], createdAt: 0, lastUsedAt: null },
  };
  await site.store.accounts.addPasskey(passkey);
  const session = async (tokenId: string | null, passkeyId?: string) => {
    const entering = {
      personId: person.id,
      name,
      tokenId,
      ...(passkeyId === undefined ? {} : { passkeyId }),
    };
    const made = await site.deps.signIn.openSession(entering, whence);
    return { Cookie: `milepost=${made}`, Origin: server.origin };
  };
  return {
    ...{ person, by, token, byToken: { Authorization: `Bearer ${secret}` } },
    browser: await session(null),
    ofToken: await session(token.id),
    ofPasskey: await session(null, passkey.id),
    passkey,
  };
};
type Someone = Awaited<ReturnType<typeof someone>>;

/** What `open` opens, as soon as the server holds all of it. */
const openAll = async (open: () => Held[]): Promise<Held[]> => {
  const holds = vi.spyOn(site.deps.endings, "hold").mockClear();
  const opened = open();
  await expect.poll(() => holds.mock.calls.length).toBe(opened.length);
  return opened;
};
const everything = (who: Someone, whose: readonly By[]) => () =>
  whose.flatMap((by) => [...kinds(), ...(by === "byToken" ? [agent()] : [])].map((open) => open(who[by])));
const sessionOf = async ({ person }: Someone) =>
  (await site.deps.signIn.sessions(person.id)).find(
    ({ tokenId, passkeyId }) => tokenId === null && passkeyId === null,
  )?.id ?? "";

type By = "browser" | "ofPasskey" | "ofToken" | "byToken";
const ends: [string, By[], (who: Someone) => Promise<unknown>][] = [
  [
    "their session is ended",
    ["browser"],
    async (who) => site.deps.signIn.end(await sessionOf(who), who.by, who.person.id),
  ],
  [
    "they sign out everywhere",
    ["browser", "ofToken"],
    ({ by, person }) => site.deps.signIn.endAll(null, by, person.id),
  ],
  [
    "their token is removed",
    ["byToken", "ofToken"],
    ({ token, by }) => site.deps.tokens.remove(token.id, by, null),
  ],
  [
    "the passkey that signed them in is removed",
    ["ofPasskey"],
    ({ passkey, by, person }) => site.deps.passkeys.remove(passkey.id, by, person.id),
  ],
  [
    "they are given another role",
    ["browser", "ofToken", "byToken"],
    ({ person: { id, name } }) => site.deps.people.change(id, { name, role: "viewer" }, ada),
  ],
  [
    "they are removed",
    ["browser", "ofToken", "byToken"],
    ({ person }) => site.deps.people.remove(person.id, ada),
  ],
  ["their token is as old as it may be", ["byToken", "ofToken"], async () => timers.reach(3_600_000)],
  ["their session is as old as it may be", ["browser"], async () => timers.reach(30 * 24 * 3_600_000)],
];

test.each(ends)(
  "Revocation closes streams and sockets at once: when %s, and nobody else's",
  async (_, whose, end) => {
    const [who, other] = [await someone(), await someone(null)];
    const opened = await openAll(everything(who, whose));
    const others = await openAll(everything(other, ["byToken"]));
    await end(who);
    await Promise.all(opened.map(({ closed }) => closed));
    expect(others.filter(({ isClosed }) => isClosed)).toEqual([]);
  },
);

test("Revocation closes streams and sockets at once: everybody's, to be looked at anew, when who may see a workflow is changed", async () => {
  const who = await someone();
  const opened = await openAll(everything(who, ["byToken"]));
  const only = { see: { roles: [], people: [who.person.id] } };
  await site.deps.access.say({ kind: "workflow", id: "endless", title: "" }, only, ada);
  await Promise.all(opened.map(({ closed }) => closed));
  await site.deps.access.say({ kind: "workflow", id: "endless", title: "" }, {}, ada);
});

test("Revocation closes streams and sockets: what another process over the same database ended or changed, with the next beat", async () => {
  const [ended, changed, other] = [await someone(), await someone(), await someone()];
  const opened = await openAll(() => [
    ...everything(ended, ["browser"])(),
    ...everything(changed, ["byToken"])(),
  ]);
  const others = await openAll(everything(other, ["byToken"]));
  await site.store.accounts.endSession(await sessionOf(ended));
  await site.store.accounts.changePerson(changed.person.id, { role: "viewer" });
  timers.beat();
  await Promise.all(opened.map(({ closed }) => closed));
  expect(others.filter(({ isClosed }) => isClosed)).toEqual([]);
});

const endsOfLinks: [string, (who: Someone, shareId: string) => Promise<unknown>][] = [
  ["it is taken back", ({ by }, id) => site.deps.shares.revoke(id, by, null)],
  [
    "another process took it back, with the next beat",
    async (_, id) => {
      await site.store.shares.remove(id);
      timers.beat();
    },
  ],
  ["its days are over", async () => timers.reach(7 * 24 * 3_600_000)],
  ["whoever made it is removed", ({ person }) => site.deps.people.remove(person.id, ada)],
];

test.each(endsOfLinks)(
  "Revocation closes streams and sockets at once: those of a link to a run, when %s",
  async (_, end) => {
    const who = await someone();
    const asked = { runId, title: "Endless", days: 7, files: false };
    const { share, secret } = await site.deps.shares.make(asked, who.by);
    const path = () => `/shared/${secret}/events`;
    const [opened] = await openAll(() => [answer(path)({})]);
    await end(who, share.id);
    await opened?.closed;
  },
);
