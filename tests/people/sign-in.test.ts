import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { everything } from "#core/rights.ts";
import type { Store } from "#core/store.ts";
import { createEndings, type Endings } from "#people/endings.ts";
import { createSignIn, linkTtlMs, longestSessionMs, type SignIn, sessionTtlMs } from "#people/sign-in.ts";
import { createTokens, type NewToken, type Tokens } from "#people/tokens.ts";
import { newStore } from "../store/new-store.ts";
import { ada } from "./ada.ts";

let store: Store;
let now: number;
const named = (name: string): NewToken => ({ name, scope: everything, lastsMs: null });
const whence = { device: "Firefox on Linux", place: "127.0.0.1" };
let endings: Endings;
let signIn: SignIn;
let tokens: Tokens;
beforeEach(async () => {
  store = await newStore();
  now = 1_700_000_000_000;
  endings = createEndings();
  const deps = {
    accounts: store.accounts,
    endings,
    clock: { now: () => now, after: () => () => {} },
    random: (n: number) => randomBytes(n),
  };
  signIn = createSignIn(deps);
  tokens = createTokens({ ...deps, preset: "preset-preset-preset" });
});
afterEach(() => store.close());

test("a sign-in link opens one session, once, even for two who open it at the same time", async () => {
  const link = await signIn.newLink();
  const opened = await Promise.all([
    signIn.useLink(link, whence),
    signIn.useLink(link, whence),
    signIn.useLink(link, whence),
  ]);
  expect(opened.filter((session) => session !== null)).toHaveLength(1);
  expect(await signIn.useLink(link, whence)).toBeNull();
});

test("a sign-in link works for 15 minutes and not a second longer", async () => {
  const [early, late] = [await signIn.newLink(), await signIn.newLink()];
  now += linkTtlMs - 1_000;
  expect(await signIn.useLink(early, whence)).not.toBeNull();
  now += 2_000;
  expect(await signIn.useLink(late, whence)).toBeNull();
});

test("a session that is used stays, and one that rests for 30 days ends", async () => {
  const secret = await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence);
  for (let visit = 0; visit < 2; visit += 1) {
    now += sessionTtlMs - 1_000;
    expect(await signIn.identify(secret)).toMatchObject({ kind: "session", name: "Ada" });
  }
  now += sessionTtlMs + 1_000;
  expect(await signIn.identify(secret)).toBeNull();
});

test("a session ends 90 days after it began, however much it is used", async () => {
  const secret = await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence);
  const end = now + longestSessionMs;
  for (; now < end; now += sessionTtlMs / 2) expect(await signIn.identify(secret)).not.toBeNull();
  now = end;
  expect(await signIn.identify(secret)).toBeNull();
  expect(await signIn.sessions(null)).toEqual([]);
});

test("everybody but the one who asks is signed out at once, and links that nobody used yet are taken back", async () => {
  const [mine, other] = [
    await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence),
    await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence),
  ];
  const link = await signIn.newLink();
  const [me, them] = [await signIn.identify(mine), await signIn.identify(other)];
  const closed: string[] = [];
  if (me !== null) endings.hold(me, () => closed.push("mine"));
  if (them !== null) endings.hold(them, () => closed.push("other"));
  expect(await signIn.endAll(me?.sessionId ?? null, ada, null)).toBe(1);
  expect(closed).toEqual(["other"]);
  expect([await signIn.identify(mine), await signIn.identify(other)]).toEqual([me, null]);
  expect(await signIn.useLink(link, whence)).toBeNull();
  expect(await signIn.endAll(null, ada, null)).toBe(1);
  expect(closed).toEqual(["other", "mine"]);
});

test("what is held open closes also when its session ended in the moment before it was held", async () => {
  const secret = await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence);
  const identity = await signIn.identify(secret);
  if (identity === null) throw new Error("not signed in");
  await signIn.end(identity.sessionId ?? "", ada, null);
  let closed = 0;
  endings.hold(identity, () => {
    closed += 1;
  });
  expect(closed).toBe(1);
});

test("an ended session and a made-up one let nobody in", async () => {
  const secret = await signIn.openSession({ personId: "owner", name: "Ada", tokenId: null }, whence);
  const identity = await signIn.identify(secret);
  await signIn.end(identity?.sessionId ?? "", ada, null);
  expect(await signIn.identify(secret)).toBeNull();
  expect(await signIn.identify("made-up")).toBeNull();
});

test("the store never sees a secret, only hashes of it", async () => {
  const seen: unknown[] = [];
  const spied = new Proxy(store.accounts, {
    get: (target, name) => {
      const real = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        seen.push(given);
        return real(...given);
      };
    },
  });
  const deps = {
    accounts: spied,
    endings,
    clock: { now: () => now, after: () => () => {} },
    random: randomBytes,
  };
  const link = await createSignIn(deps).newLink();
  const session = await createSignIn(deps).useLink(link, whence);
  const { secret } = await createTokens({ ...deps, preset: null }).create(named("nightly"), ada);
  await createTokens({ ...deps, preset: null }).identify(secret);
  expect(seen.length).toBeGreaterThan(4);
  for (const one of [link, session ?? "", secret]) expect(JSON.stringify(seen)).not.toContain(one);
});

test("an API token works until it is removed; making and removing it is audited", async () => {
  const { token, secret } = await tokens.create(named("  nightly "), ada);
  expect(await tokens.identify(secret)).toEqual({
    kind: "token",
    name: "nightly (Owner)",
    by: { kind: "token", id: token.id, name: "nightly (Owner)", personId: "owner" },
    sessionId: null,
    tokenId: token.id,
    scope: everything,
    endsAt: null,
    person: { id: "owner", name: "Owner", role: "admin" },
  });
  expect((await tokens.list(null))[0]).toMatchObject({ id: token.id, name: "nightly", lastUsedAt: now });
  await tokens.remove(token.id, ada, null);
  expect(await tokens.identify(secret)).toBeNull();
  await expect(tokens.remove(token.id, ada, null)).rejects.toMatchObject({ code: "not-found" });
  expect((await store.accounts.audits(10)).map((entry) => entry.did)).toEqual([
    "removed an API token",
    "made an API token",
  ]);
});

test("the preset token works, and nothing that only resembles it", async () => {
  expect(await tokens.identify("preset-preset-preset")).toMatchObject({ kind: "token" });
  for (const wrong of ["", "preset-preset-prese", "preset-preset-preset "])
    expect(await tokens.identify(wrong)).toBeNull();
});

test("a token needs a name of a usable length", async () => {
  for (const name of ["", "   ", "x".repeat(101), "nightly\u202e", "a\u0007"])
    await expect(tokens.create(named(name), ada)).rejects.toMatchObject({ code: "bad-input", field: "name" });
});

test("a token lets nobody in once it has expired, nor do the browsers that were signed in with it", async () => {
  const { token, secret } = await tokens.create({ ...named("short"), lastsMs: 60_000 }, ada);
  const session = await signIn.openSession(
    { personId: "owner", name: token.name, tokenId: token.id },
    whence,
  );
  now += 59_999;
  expect(await tokens.identify(secret)).not.toBeNull();
  expect(await signIn.identify(session)).not.toBeNull();
  now += 1;
  expect([await tokens.identify(secret), await signIn.identify(session)]).toEqual([null, null]);
});

test("a token that is removed takes along what was made with it, however many hands lie between, and what those hold open", async () => {
  const first = await tokens.create(named("first"), ada);
  const browser = await signIn.identify(
    await signIn.openSession({ personId: "owner", name: "first", tokenId: first.token.id }, whence),
  );
  if (browser === null) throw new Error("not signed in");
  const second = await tokens.create(named("second"), browser.by);
  const third = await tokens.create(named("third"), { kind: "token", id: second.token.id, name: "second" });
  const other = await tokens.create(named("other"), ada);
  const holder = await tokens.identify(third.secret);
  if (holder === null) throw new Error("the token does not work");
  let closed = false;
  endings.hold(holder, () => {
    closed = true;
  });
  await tokens.remove(first.token.id, ada, null);
  expect(closed).toBe(true);
  for (const { secret } of [first, second, third]) expect(await tokens.identify(secret)).toBeNull();
  expect(await tokens.identify(other.secret)).not.toBeNull();
});

test("a browser may do what the token may with which it signed in, and nothing more", async () => {
  const scope = { rights: ["read"] as const, workflows: ["colours"] };
  const { token } = await tokens.create({ name: "screen", scope, lastsMs: null }, ada);
  const secret = await signIn.openSession({ personId: "owner", name: token.name, tokenId: token.id }, whence);
  expect(await signIn.identify(secret)).toMatchObject({ scope });
});
