import { hash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "#core/store.ts";
import { createAgentClients } from "#people/agent-clients.ts";
import { type AgentSignIn, createAgentSignIn, type Given } from "#people/agent-sign-in.ts";
import { createChallenges } from "#people/challenges.ts";
import { createEndings } from "#people/endings.ts";
import { createTokens, type Tokens } from "#people/tokens.ts";
import { newStore } from "../store/new-store.ts";
import { seal as secrets } from "../triggers/world.ts";
import { ada } from "./ada.ts";

const minute = 60_000;
const redirect = "http://127.0.0.1:9/back";
let store: Store;
let now: number;
let tokens: Tokens;
let agents: AgentSignIn;
let clientId: string;
let first: Given;
beforeEach(async () => {
  store = await newStore();
  now = 1_000_000;
  const deps = { accounts: store.accounts, clock: { now: () => now } as never, secrets };
  const random = (n: number) => randomBytes(n);
  tokens = createTokens({ ...deps, endings: createEndings(), random, preset: null });
  const clients = createAgentClients({ ...deps, document: () => Promise.reject(new Error("none")) });
  agents = createAgentSignIn({ ...deps, tokens, challenges: createChallenges(deps), clients });
  clientId = clients.register({ client_name: "Desk", redirect_uris: [redirect] }).id;
  const client = await agents.client(clientId);
  if (client === null) throw new Error("it is registered");
  const challenge = hash("sha256", "v", "base64url");
  const code = agents.grant({ client, redirect, challenge, rights: ["read"] }, ada);
  first = await agents.exchange({ clientId, code, redirect, verifier: "v" });
});
afterEach(() => store.close());

const renew = (renewal: string, by = clientId) => agents.renew({ clientId: by, renewal });
const letsIn = async (secret: string) => (await tokens.identify(secret)) !== null;

test("a program's token lets it in for an hour, and its renewal gives another one for the same grant", async () => {
  now += 59 * minute;
  expect(await letsIn(first.secret)).toBe(true);
  now += minute;
  expect(await letsIn(first.secret)).toBe(false);
  const second = await renew(first.renewal);
  expect(await tokens.identify(second.secret)).toMatchObject({
    tokenId: (await tokens.list("owner"))[0]?.id,
    scope: { rights: ["read"], only: "agents" },
    endsAt: now + 60 * minute,
  });
  expect(await letsIn(first.secret)).toBe(false);
  expect(await tokens.list("owner")).toHaveLength(1);
});

test("however often it is renewed, it ends 90 days after the last time", async () => {
  const day = 24 * 60 * minute;
  let given = first;
  for (let times = 0; times < 4; times++) {
    now += 80 * day;
    given = await renew(given.renewal);
  }
  now += 90 * day;
  await expect(renew(given.renewal)).rejects.toMatchObject({ code: "invalid_grant" });
});

test("two who renew at once, or one whose answer was lost, are told the same", async () => {
  const [one, other] = await Promise.all([renew(first.renewal), renew(first.renewal)]);
  now += 20_000;
  expect([other, await renew(first.renewal)]).toEqual([one, one]);
  expect(await letsIn(one.secret)).toBe(true);
});

test("a renewal that comes once more later ends the grant, for whoever stole it and for whoever was stolen from", async () => {
  const second = await renew(first.renewal);
  now += minute;
  await expect(renew(first.renewal)).rejects.toMatchObject({ code: "invalid_grant" });
  expect(await letsIn(second.secret)).toBe(false);
  await expect(renew(second.renewal)).rejects.toMatchObject({ code: "invalid_grant" });
  expect(await tokens.list(null)).toEqual([]);
  expect((await store.accounts.audits(1))[0]?.did).toContain("somebody used one that was renewed before");
});

test("a renewal is good for its own program only, lets nobody in, and puts the grant away", async () => {
  const other = agents.register({ client_name: "Other", redirect_uris: [redirect] }).id;
  await expect(renew(first.renewal, other)).rejects.toMatchObject({ code: "invalid_grant" });
  await expect(renew(`${first.renewal}x`)).rejects.toMatchObject({ code: "invalid_grant" });
  await expect(renew(first.secret)).rejects.toMatchObject({ code: "invalid_grant" });
  expect(await letsIn(first.renewal)).toBe(false);
  expect(await letsIn(first.secret)).toBe(true);
  await agents.revoke(first.renewal);
  expect(await letsIn(first.secret)).toBe(false);
  await expect(renew(first.renewal)).rejects.toMatchObject({ code: "invalid_grant" });
});
