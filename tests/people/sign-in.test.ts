import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "#core/store.ts";
import { createSignIn, linkTtlMs, type SignIn, sessionTtlMs } from "#people/sign-in.ts";
import { createTokens, type Tokens } from "#people/tokens.ts";
import { memoryStore } from "../engine/world.ts";

let store: Store;
let now: number;
let signIn: SignIn;
let tokens: Tokens;
beforeEach(async () => {
  store = await memoryStore();
  now = 1_700_000_000_000;
  const deps = {
    accounts: store.accounts,
    clock: { now: () => now, after: () => () => {} },
    random: (n: number) => randomBytes(n),
  };
  signIn = createSignIn(deps);
  tokens = createTokens({ ...deps, preset: "preset-preset-preset" });
});
afterEach(() => store.close());

test("a sign-in link opens one session, once, even for two who open it at the same time", async () => {
  const link = await signIn.newLink();
  const opened = await Promise.all([signIn.useLink(link), signIn.useLink(link), signIn.useLink(link)]);
  expect(opened.filter((session) => session !== null)).toHaveLength(1);
  expect(await signIn.useLink(link)).toBeNull();
});

test("a sign-in link works for 15 minutes and not a second longer", async () => {
  const [early, late] = [await signIn.newLink(), await signIn.newLink()];
  now += linkTtlMs - 1_000;
  expect(await signIn.useLink(early)).not.toBeNull();
  now += 2_000;
  expect(await signIn.useLink(late)).toBeNull();
});

test("a session that is used stays, and one that rests for 30 days ends", async () => {
  const secret = await signIn.openSession("Ada", null);
  for (let visit = 0; visit < 4; visit += 1) {
    now += sessionTtlMs - 1_000;
    expect(await signIn.identify(secret)).toMatchObject({ kind: "session", name: "Ada" });
  }
  now += sessionTtlMs + 1_000;
  expect(await signIn.identify(secret)).toBeNull();
});

test("an ended session and a made-up one let nobody in", async () => {
  const secret = await signIn.openSession("Ada", null);
  const identity = await signIn.identify(secret);
  await signIn.end(identity?.sessionId ?? "");
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
  const deps = { accounts: spied, clock: { now: () => now, after: () => () => {} }, random: randomBytes };
  const link = await createSignIn(deps).newLink();
  const session = await createSignIn(deps).useLink(link);
  const { secret } = await createTokens({ ...deps, preset: null }).create("nightly", "Ada");
  await createTokens({ ...deps, preset: null }).identify(secret);
  expect(seen.length).toBeGreaterThan(4);
  for (const one of [link, session ?? "", secret]) expect(JSON.stringify(seen)).not.toContain(one);
});

test("an API token works until it is removed; making and removing it is audited", async () => {
  const { token, secret } = await tokens.create("  nightly ", "Ada");
  expect(await tokens.identify(secret)).toEqual({
    kind: "token",
    name: "nightly",
    sessionId: null,
    tokenId: token.id,
  });
  expect((await tokens.list())[0]).toMatchObject({ id: token.id, name: "nightly", lastUsedAt: now });
  await tokens.remove(token.id, "Ada");
  expect(await tokens.identify(secret)).toBeNull();
  await expect(tokens.remove(token.id, "Ada")).rejects.toMatchObject({ code: "not-found" });
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
  for (const name of ["", "   ", "x".repeat(101)])
    await expect(tokens.create(name, "Ada")).rejects.toMatchObject({ code: "bad-input", field: "name" });
});
