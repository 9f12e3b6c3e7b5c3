import { createPrivateKey, sign } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createSeal } from "#connections/seal.ts";
import { asFetch } from "#connectors/http/as-fetch.ts";
import { openGuardedFetch } from "#connectors/http/guarded-fetch.ts";
import { answerRefusal } from "#core/answerers.ts";
import { createChallenges } from "#people/challenges.ts";
import { type Ask, createProvider, type ProviderSettings } from "#people/provider.ts";
import { readGroupRoles } from "#people/role-of-groups.ts";
import { createSingleSignOn } from "#people/single-sign-on.ts";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import {
  client,
  type Directory,
  type LoopbackProvider,
  newKey,
  openProvider,
  passThrough,
} from "../people/provider-on-loopback.ts";
import { openSite, type Site, whence } from "./site.ts";

const origin = "http://localhost:3000";
const directory: Directory = {};
let provider: LoopbackProvider;
let site: Site;
/** What stands between the provider and Milepost: nothing, unless a test puts something there. */
let between: (answer: Response, address: string) => Promise<Response> | Response = (answer) => answer;
let aheadMs = 0;

beforeAll(async () => {
  provider = await openProvider(directory, `${origin}/sign-in/oidc/return`, `${origin}/sign-in`);
});
afterAll(() => provider.close());
afterEach(async () => {
  between = (answer) => answer;
  aheadMs = 0;
  provider.state.refuses = false;
  await site.close();
});

const http = openGuardedFetch({ reach: "anywhere" });
const asked = asFetch(http, { mostBytes: 1_000_000, timeLimitMs: 5_000 });
afterAll(() => http.close());

const open = async ({
  roles = null,
  ...settings
}: Partial<ProviderSettings> & { roles?: string | null } = {}) => {
  site = await openSite();
  const { accounts } = site.store;
  const random = (n: number) => crypto.getRandomValues(new Uint8Array(n));
  const secrets = createSeal(random(32), random);
  const clock = { now: () => realClock.now() + aheadMs };
  const ask: Ask = async (address, options) => between(await asked(address, options), address);
  site.deps.singleSignOn = createSingleSignOn({
    ...site.deps,
    accounts,
    clock,
    random,
    secrets,
    challenges: createChallenges({ accounts, secrets, clock }),
    name: "Keycloak",
    groupRoles: roles === null ? null : readGroupRoles(roles),
    provider: createProvider(
      {
        issuer: new URL(provider.issuer),
        clientId: client.id,
        clientSecret: client.secret,
        scopes: "openid profile email",
        groupsClaim: "groups",
        name: "Keycloak",
        ...settings,
      },
      { ask, now: clock.now },
    ),
  });
};
/** Somebody whom the provider knows. */
const known = (sub: string, claims: Record<string, unknown>) => {
  directory[sub] = { email: `${sub}@example.org`, email_verified: true, name: sub, ...claims };
  provider.state.signedIn = sub;
};
const begin = async () => {
  const answer = await site.get("/sign-in/oidc", { cookie: null });
  return { answer, address: answer.headers.get("Location") ?? "", kept: cookieOf(answer) };
};
const finish = (back: URL, kept: string) => site.get(back.pathname + back.search, { cookie: kept });
/** The whole way, as a browser goes it. */
const comeIn = async (changed: (back: URL) => void = () => {}) => {
  const { address, kept } = await begin();
  const back = await passThrough(address, provider.issuer);
  changed(back);
  const answer = await finish(back, kept);
  return { answer, back, kept, page: answer.status === 303 ? "" : await answer.text() };
};
const cookieOf = (answer: Response) => answer.headers.getSetCookie().at(-1)?.split(";")[0] ?? "";
const personOf = async (answer: Response) =>
  (await site.deps.signIn.identify(cookieOf(answer).replace(/^milepost=/, "")))?.person;
const named = async (name: string) => (await site.deps.people.list()).find((one) => one.name === name);
const invite = async (name: string, email: string, role = "operator") =>
  (await site.deps.people.invite({ name, email, role }, ada)).person;
const dids = async () => (await site.store.accounts.audits(30)).map(({ did, target }) => `${did} ${target}`);

test("who was invited with an address that the provider has verified comes in as that person, and again when the address changes there", async () => {
  await open();
  known("grace", { email: "Grace@Example.org" });
  const grace = await invite("Grace Hopper", "grace@example.org");
  const { answer } = await comeIn();
  expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/"]);
  expect(await personOf(answer)).toEqual({ id: grace.id, name: "Grace Hopper", role: "operator" });
  expect((await named("Grace Hopper"))?.joinedAt).not.toBeNull();
  known("grace", { email: "hopper@example.org", email_verified: false });
  expect(await personOf((await comeIn()).answer)).toMatchObject({ id: grace.id });
});

test("nobody comes in whom nobody invited, whose address is not verified, or who has the address of one who came before", async () => {
  await open();
  known("eve", {});
  expect((await comeIn()).page).toContain("Nobody invited eve@example.org to this Milepost.");
  await invite("Eve", "eve@example.org", "admin");
  for (const email_verified of [false, undefined, "yes", null]) {
    known("eve", { email_verified });
    const { answer, page } = await comeIn();
    expect([email_verified, answer.status, page.includes("is verified")]).toEqual([
      email_verified,
      403,
      true,
    ]);
  }
  known("eve", {});
  expect((await comeIn()).answer.status).toBe(303);
  known("mallory", { email: "eve@example.org" });
  expect((await comeIn()).page).toContain("Somebody else at Keycloak signs in with eve@example.org here.");
  // An admin who gives the address anew means whoever has it now.
  const eve = await named("Eve");
  const set = (email: string) =>
    site.deps.people.change(eve?.id ?? "", { name: "Eve", role: "admin", email }, ada);
  await set("");
  await set("eve@example.org");
  expect(await personOf((await comeIn()).answer)).toMatchObject({ id: eve?.id });
});

test("groups make people what the table says, let them in, follow each sign-in, and a name that is taken is told apart", async () => {
  await open({ roles: "admins=admin, staff=operator" });
  known("alan", { groups: ["staff", "others"] });
  const first = await comeIn();
  expect(await personOf(first.answer)).toMatchObject({ name: "alan", role: "operator" });
  known("alan", { groups: ["admins", "staff"] });
  expect(await personOf((await comeIn()).answer)).toMatchObject({ name: "alan", role: "admin" });
  expect(await personOf(first.answer)).toMatchObject({ role: "admin" });
  known("alan", { groups: ["staff"] });
  expect(await personOf((await comeIn()).answer)).toMatchObject({ role: "operator" });
  known("other", { name: "alan", groups: "staff" });
  expect(await personOf((await comeIn()).answer)).toMatchObject({ name: "alan (2)" });
  known("alan", { groups: [] });
  const { answer, page } = await comeIn();
  expect([answer.status, page.includes("any more")]).toEqual([403, true]);
  expect(await personOf(first.answer)).toBeUndefined();
  expect(await dids()).toContain("made, by their groups, admin of alan");
});

test("a name that somebody has from the provider answers for nobody whom a question names, until an admin gives them that name", async () => {
  await open({ roles: "staff=operator" });
  known("mallory", { name: "Ann", groups: ["staff"] });
  const asked = { answerers: { people: ["Ann"] } };
  const somebody = { starter: "somebody", changers: null };
  const came = async () => {
    const person = await personOf((await comeIn()).answer);
    return person ?? expect.fail("Nobody came in.");
  };
  const first = await came();
  expect(first.name).toBe("Ann");
  expect(answerRefusal(first, asked, somebody)).toBe("This is for Ann to answer.");
  expect(answerRefusal(first, { answerers: { people: [first.id] } }, somebody)).toBeNull();
  await site.deps.people.change(first.id, { name: "Ann M", role: "operator" }, ada);
  await site.deps.people.change(first.id, { name: "Ann", role: "operator" }, ada);
  expect(answerRefusal(await came(), asked, somebody)).toBeNull();
});

test("who was invited and loses a group is again what they were invited as, or what an admin said since", async () => {
  await open({ roles: "admins=admin" });
  const role = async () => personOf((await comeIn()).answer);
  known("ann", { groups: [] });
  const ann = await invite("Ann", "ann@example.org", "viewer");
  expect(await role()).toMatchObject({ role: "viewer" });
  known("ann", { groups: ["admins"] });
  expect(await role()).toMatchObject({ role: "admin" });
  known("ann", { groups: [] });
  expect(await role()).toMatchObject({ role: "viewer" });
  known("ann", { groups: ["admins"] });
  await role();
  await site.deps.people.change(ann.id, { name: "Ann", role: "operator" }, ada);
  known("ann", { groups: [] });
  expect(await role()).toMatchObject({ role: "operator" });
});

test("no group takes anything from the owner, so that somebody can always do everything", async () => {
  await open({ roles: "*=viewer" });
  known("boss", {});
  await site.deps.people.change("owner", { name: "Owner", role: "admin", email: "boss@example.org" }, ada);
  expect(await personOf((await comeIn()).answer)).toMatchObject({ id: "owner", role: "admin" });
});

test("groups are found in a claim inside another one", async () => {
  await open({ roles: "staff=viewer", groupsClaim: "realm_access.roles" });
  known("kay", { realm_access: { roles: ["staff"] } });
  expect(await personOf((await comeIn()).answer)).toMatchObject({ role: "viewer" });
});

test("who was removed does not come back by a group, but may be invited again", async () => {
  await open({ roles: "*=operator" });
  known("ken", {});
  const before = await personOf((await comeIn()).answer);
  await site.deps.people.remove(before?.id ?? "", ada);
  expect((await comeIn()).page).toContain("You were removed from this Milepost.");
  const again = await invite("Ken Thompson", "ken@example.org");
  expect(await personOf((await comeIn()).answer)).toMatchObject({ id: again.id });
});

/** Lets the provider say something else than it would, signed by its own key or another one. */
const saying = (change: (claims: Record<string, unknown>) => object, key: object = provider.key) => {
  between = async (answer, address) => {
    if (!address.endsWith("/token")) return answer;
    const tokens = (await answer.json()) as { id_token: string };
    const [head = "", body = ""] = tokens.id_token.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    const text = `${head}.${Buffer.from(JSON.stringify({ ...claims, ...change(claims) })).toString("base64url")}`;
    const signature = sign(
      "sha256",
      Buffer.from(text),
      createPrivateKey({ key: key as never, format: "jwk" }),
    );
    return Response.json({ ...tokens, id_token: `${text}.${signature.toString("base64url")}` });
  };
};
const seconds = () => Math.floor(Date.now() / 1_000);

test.each<[string, () => object]>([
  ["another nonce", () => ({ nonce: "of another sign-in" })],
  ["no nonce", () => ({ nonce: undefined })],
  ["another issuer", () => ({ iss: "https://evil.example" })],
  ["another audience", () => ({ aud: "another client" })],
  ["an end that is over", () => ({ exp: seconds() - 120 })],
  ["a time to come", () => ({ nbf: seconds() + 120 })],
])("an ID token with %s lets nobody in", async (_, change) => {
  await open({ roles: "*=admin" });
  known("eve", {});
  saying(change);
  const { answer, page } = await comeIn();
  expect([answer.status, answer.headers.getSetCookie().some((one) => one.startsWith("milepost="))]).toEqual([
    502,
    false,
  ]);
  expect(page).toMatch(/something else than was asked|compare the clocks/);
  expect((await site.deps.people.list()).map(({ id }) => id)).toEqual(["owner"]);
});

test("an ID token that another key signed lets nobody in, and one as the provider signs them does", async () => {
  await open({ roles: "*=viewer" });
  known("eve", {});
  saying(() => ({}), newKey("k1"));
  expect((await comeIn()).answer.status).toBe(502);
  saying(() => ({}));
  expect((await comeIn()).answer.status).toBe(303);
});

test("a subject or address of any length lets nobody in and fills no page", async () => {
  await open({ roles: "staff=viewer" });
  known("eve", {});
  saying(() => ({ sub: "s".repeat(300_000) }));
  expect((await comeIn()).page).toContain("longer than 255 characters");
  saying(() => ({ email: `\u202e${"a".repeat(300_000)}@example.org`, groups: [] }));
  const { answer, page } = await comeIn();
  expect([answer.status, page.includes("Nobody invited you")]).toEqual([403, true]);
  expect(page.length).toBeLessThan(10_000);
});

test("a provider that told a wrong address of itself is asked again when it is next needed", async () => {
  await open({ roles: "*=viewer" });
  known("ada", {});
  between = async (answer, address) =>
    address.includes("openid-configuration")
      ? Response.json({ ...((await answer.json()) as object), authorization_endpoint: "javascript:alert(1)" })
      : answer;
  expect((await begin()).answer.status).toBe(502);
  between = (answer) => answer;
  expect((await comeIn()).answer.status).toBe(303);
});

test("clocks may differ by less than a minute", async () => {
  await open({ roles: "*=viewer" });
  known("tim", {});
  saying(() => ({ exp: seconds() - 30, iat: seconds() + 30 }));
  expect((await comeIn()).answer.status).toBe(303);
  saying(() => ({ exp: seconds() - 90 }));
  expect((await comeIn()).page).toContain("compare the clocks of both machines");
});

test("nobody comes in by another state, another browser's, a code twice, or after ten minutes", async () => {
  await open({ roles: "*=viewer" });
  known("tim", {});
  const other = await comeIn((back) => back.searchParams.set("state", "another"));
  expect([other.answer.status, other.page]).toEqual([409, expect.stringContaining("began another sign-in")]);
  const { address } = await begin();
  const back = await passThrough(address, provider.issuer);
  for (const kept of ["", (await begin()).kept, "milepost-oidc=garbage"])
    expect([kept, (await finish(back, kept)).status >= 400]).toEqual([kept, true]);
  const once = await comeIn();
  expect(once.answer.status).toBe(303);
  expect((await finish(once.back, once.kept)).status).toBeGreaterThanOrEqual(400);
  const late = await begin();
  const lateBack = await passThrough(late.address, provider.issuer);
  aheadMs = 11 * 60_000;
  expect(await (await finish(lateBack, late.kept)).text()).toContain("too long ago");
  expect((await dids()).filter((did) => did.startsWith("failed to sign in")).length).toBeGreaterThan(4);
});

test("what the provider says when it refuses is shown as it says it, and can do nothing on the page", async () => {
  await open();
  known("ada", {});
  provider.state.refuses = true;
  const { page } = await comeIn();
  expect(page).toContain("Keycloak says: Ada, you are &lt;b&gt;not&lt;/b&gt; for this.");
  // Without a sign-in that was begun here, nobody can let this page say anything.
  const planted = await site.get("/sign-in/oidc/return?error=x&error_description=Call+0900", {
    cookie: null,
  });
  expect(await planted.text()).not.toContain("0900");
});

test.each<[string, Partial<ProviderSettings>, RegExp]>([
  ["nothing listens", { issuer: new URL("http://127.0.0.1:9/") }, /refuses the connection/],
  ["it knows another secret", { clientSecret: "wrong" }, /Keycloak says: client authentication failed/],
])("when %s the page says so and has the other ways in", async (_, settings, words) => {
  await open({ roles: "*=viewer", ...settings });
  known("ada", {});
  const { answer, address } = await begin();
  const page = address === "" ? await answer.text() : (await comeIn()).page;
  expect(page).toMatch(words);
  expect(page).toContain("milepost sign-in");
  expect(await site.deps.signIn.useLink(await site.deps.signIn.newLink(), whence)).not.toBeNull();
});

test("a provider that calls itself otherwise is named, so that the setting can be mended", async () => {
  await open({ issuer: new URL(`${provider.issuer}/realms/home`) });
  between = (answer, address) =>
    address.includes("openid-configuration")
      ? Response.json({ issuer: "https://login.example/realms/home" })
      : answer;
  const { answer } = await begin();
  expect(await answer.text()).toContain("calls itself https://login.example/realms/home");
});

test("signing out goes on to the provider, which knows whom it is about and sends them back", async () => {
  await open({ roles: "*=viewer" });
  known("ada", {});
  const cookie = cookieOf((await comeIn()).answer);
  const left = await site.post("/sign-out", {}, { cookie });
  const page = await left.text();
  const to = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  expect((await site.get("/", { cookie })).status).toBe(303);
  const there = await fetch(to);
  expect([new URL(to).pathname, there.status]).toEqual(["/session/end", 200]);
  expect(new URL(to).searchParams.get("post_logout_redirect_uri")).toBe(`${origin}/sign-in`);
  // Whoever signed in by a link has nothing to end elsewhere.
  expect((await site.post("/sign-out", {}, { cookie: await site.newSession() })).status).toBe(303);
});

test("an ID token too long for an address is left out where somebody signs out at the provider", async () => {
  await open({ roles: "*=viewer" });
  known("ada", {});
  saying(() => ({ groups: Array.from({ length: 3_000 }, (_, at) => `group-${at}`) }));
  const left = await site.post("/sign-out", {}, { cookie: cookieOf((await comeIn()).answer) });
  const page = await left.text();
  expect(page).toContain("/session/end");
  expect(page).not.toContain("id_token_hint");
  expect(page.length).toBeLessThan(10_000);
});

test("what goes to the provider is a code challenge and no secret, and its way back is one of our addresses", async () => {
  await open();
  const { address, kept } = await begin();
  const sent = new URL(address).searchParams;
  expect(sent.get("code_challenge_method")).toBe("S256");
  expect(sent.get("redirect_uri")).toBe(`${origin}/sign-in/oidc/return`);
  expect(address).not.toContain(client.secret);
  for (const name of ["state", "nonce"])
    expect(Buffer.from(kept.split("=")[1] ?? "", "base64url").toString()).not.toContain(sent.get(name));
  expect(await (await site.get("/sign-in", { cookie: null })).text()).toContain("Sign in with Keycloak");
});

test("without a provider there is no such way in, and people are asked for no address", async () => {
  site = await openSite();
  expect((await site.get("/sign-in/oidc", { cookie: null })).status).toBe(404);
  expect(await (await site.get("/sign-in", { cookie: null })).text()).not.toContain("/sign-in/oidc");
  expect(await (await site.get("/people")).text()).not.toContain("mail");
});
