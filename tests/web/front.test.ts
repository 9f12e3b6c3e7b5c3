import { randomBytes } from "node:crypto";
import { type IncomingHttpHeaders, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEndings } from "#people/endings.ts";
import { createSignIn } from "#people/sign-in.ts";
import type { Front } from "#web/front.ts";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { newStore } from "../store/new-store.ts";
import { listen } from "./listen.ts";
import { forRuns, openSite, presetToken, type Site, whence } from "./site.ts";

let site: Site;
let server: Awaited<ReturnType<typeof listen>>;
let passed = 0;
let ahead = 0;
beforeAll(async () => {
  const store = await newStore();
  // Stands still, so that a page drawn twice is the same page.
  const opened = realClock.now();
  const clock = { ...realClock, now: () => opened + ahead };
  const endings = createEndings();
  const signIn = createSignIn({ accounts: store.accounts, endings, clock, random: (n) => randomBytes(n) });
  site = await openSite({ store, deps: { signIn, endings, clock } });
  const front: Front = (incoming, outgoing, pass) =>
    site.front(incoming, outgoing, () => {
      passed += 1;
      pass();
    });
  server = await listen({ ...site, front });
});
afterAll(async () => {
  server.close();
  await site.close();
});

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** What belongs to the connection or the moment and not to the answer. */
const ofTransport = new Set(["date", "connection", "keep-alive", "transfer-encoding", "content-length"]);
const told = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTransport.has(name)));

/** Over the wire, as a browser asks: the front first. */
const overWire = (path: string, headers: Record<string, string>, method: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(server.origin), { path, method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: told(answer.headers),
          body: Buffer.concat(parts).toString("latin1"),
        }),
      );
    });
    asked.on("error", reject);
    asked.end();
  });

/** By the router alone. */
const byRouter = async (path: string, headers: Record<string, string>, method: string): Promise<Answer> => {
  const answer = await site.app.request(path, { headers, method });
  return {
    status: answer.status,
    headers: told(Object.fromEntries(answer.headers)),
    body: Buffer.from(await answer.arrayBuffer()).toString("latin1"),
  };
};

const browser = () => ({ Host: "localhost:3000", Cookie: site.cookie, "HX-Request": "true" });
const pollOf = (html: string) => /hx-get="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? "";

test("whatever is asked under the address of a poll, the front says what the router says, and takes what pages ask again and again", async () => {
  const runId = await site.asking();
  const page = await (await site.get(`/runs/${runId}`)).text();
  const home = await (await site.get("/")).text();
  const progress = `/runs/${runId}/progress`;
  const asks: [path: string, taken: boolean, headers?: Record<string, string>, method?: string][] = [
    [pollOf(page), true],
    [pollOf(home), true],
    [`${progress}?v=0`, true],
    [`${progress}?v=0`, true, { "Accept-Encoding": "gzip, br" }],
    [`${progress}?v=0`, true, { "Accept-Encoding": "gzip" }],
    ["/?fragment=live&v=0", true],
    [`${progress}?v=0&until=1`, true],
    [pollOf(page), true, { Cookie: "", Authorization: `Bearer ${presetToken}` }],
    // Who sends a token is a program, whatever the host is called.
    [pollOf(page), true, { Authorization: `Bearer ${presetToken}`, Host: "evil.example" }],
    [pollOf(page), true, { Cookie: `other=1; ${site.cookie}; more=2` }],
    [pollOf(page), true, { Host: "127.0.0.1:3000" }],
    [pollOf(page), true, { Host: "[::1]:3000" }],
    [progress, false],
    ["/?fragment=other", false],
    ["/", false],
    ["/runs/nothing/progress?v=1", false],
    ["/runs/%6eothing/progress?v=1", false],
    [`${progress}/?v=0`, false],
    [`/${progress}?v=0`, false],
    [pollOf(page), false, {}, "HEAD"],
    [pollOf(page), false, {}, "POST"],
    [pollOf(page), false, { Cookie: "" }],
    [pollOf(page), false, { Cookie: "milepost=made-up" }],
    [pollOf(page), false, { Cookie: `x${site.cookie}` }],
    [pollOf(page), false, { Authorization: "Bearer wrong" }],
    [pollOf(page), false, { Authorization: `Basic ${presetToken}`, Host: "evil.example" }],
    [pollOf(page), false, { Host: "evil.example" }],
    [pollOf(page), false, { Host: "127.0.0.1.evil.example" }],
  ];
  for (const [path, taken, more = {}, method = "GET"] of asks) {
    const headers = { ...browser(), ...more };
    const about = `${method} ${path} ${JSON.stringify(more)}`;
    const routed = await byRouter(path, headers, method);
    passed = 0;
    const answer = await overWire(path, headers, method);
    expect({ about, ...answer }).toEqual({ about, ...routed });
    expect([about, passed]).toEqual([about, taken ? 0 : 1]);
  }
});

test("nothing new has no head but what it must have", async () => {
  const page = await (await site.get(`/runs/${await site.asking()}`)).text();
  const { status, headers, body } = await overWire(pollOf(page), browser(), "GET");
  expect([status, headers, body]).toEqual([204, { "cache-control": "no-store" }, ""]);
});

test("a session that is ended, has expired or whose token is removed gets nothing from then on", async () => {
  const page = await (await site.get(`/runs/${await site.asking()}`)).text();
  const { tokens, signIn } = site.deps;
  const ask = async (headers: Record<string, string>) =>
    (await overWire(pollOf(page), { ...browser(), ...headers }, "GET")).status;
  const bySession = (secret: string) => ({ Cookie: `milepost=${secret}` });

  const signedOut = bySession(
    await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence),
  );
  expect([await ask(signedOut), await ask(signedOut)]).toEqual([204, 204]);
  const out = await site.post("/sign-out", {}, { cookie: signedOut.Cookie });
  expect(out.status).toBe(303);
  expect(await ask(signedOut)).toBe(401);

  const { token, secret } = await tokens.create(forRuns("ci"), ada);
  const program = { Cookie: "", Authorization: `Bearer ${secret}` };
  const opened = bySession(
    await signIn.openSession({ personId: "owner", name: "ci", tokenId: token.id }, whence),
  );
  expect([await ask(program), await ask(program), await ask(opened)]).toEqual([204, 204, 204]);
  await tokens.remove(token.id, ada, null);
  expect([await ask(program), await ask(opened)]).toEqual([401, 401]);

  const idle = bySession(await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence));
  expect(await ask(idle)).toBe(204);
  ahead = 31 * 24 * 3_600_000;
  expect(await ask(idle)).toBe(401);
  ahead = 0;
});

test("a connection on which nothing is asked is kept for longer than a proxy keeps it, which else loses what it sends just then", async () => {
  const caddysSeconds = 120;
  const { headers } = await fetch(new URL("/healthz", server.origin));
  const [, seconds] = /timeout=(\d+)/.exec(headers.get("keep-alive") ?? "") ?? [];
  expect(Number(seconds)).toBeGreaterThan(caddysSeconds);
});
