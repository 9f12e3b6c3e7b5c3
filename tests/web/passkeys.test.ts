import { afterEach, beforeEach, expect, test } from "vitest";
import { ownerId } from "#core/people.ts";
import { challengeTtlMs, createChallenges } from "#people/challenges.ts";
import { createPasskeys } from "#people/passkeys.ts";
import { ada } from "../people/ada.ts";
import { createAuthenticator, type Deviation } from "../people/authenticator.ts";
import { openSite, type Site, type SiteOptions, whence } from "./site.ts";

const host = "localhost:3000";
const origin = `http://${host}`;
let site: Site;
let now: number;
/** A site whose passkeys go by a clock in the test's hands. */
const open = async (deps: SiteOptions["deps"] = {}) => {
  site = await openSite({ deps });
};
beforeEach(() => open());
afterEach(() => site.close());

const person = async (role = "operator") => {
  const { person: they, link } = await site.deps.people.invite({ name: `P ${site.deps.newId()}`, role }, ada);
  return { ...they, cookie: `milepost=${await site.deps.signIn.useLink(link, whence)}` };
};
const optionsAt = async (path: string, cookie: string | null = null) =>
  (await site.get(path, { cookie })).json() as Promise<
    Parameters<ReturnType<typeof createAuthenticator>["make"]>[0]
  >;
const add = async (
  device: ReturnType<typeof createAuthenticator>,
  { cookie = site.cookie, deviation = {} as Deviation, name = "Phone" } = {},
) => {
  const passkey = device.make(await optionsAt("/settings/passkeys", cookie), deviation);
  return (await site.post("/settings/passkeys", { passkey, name }, { cookie })).status;
};
const enterBy = (passkey: string) => site.post("/sign-in/passkey", { passkey }, { cookie: null });
const enter = async (device: ReturnType<typeof createAuthenticator>, deviation: Deviation = {}) =>
  enterBy(device.use(await optionsAt("/sign-in/passkey"), deviation));
const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
const dids = async () => (await site.store.accounts.audits(20)).map(({ did, target }) => `${did}: ${target}`);

test("a passkey signs in whom it was added for, without being told who that is, as often as they like", async () => {
  const grace = await person();
  const device = createAuthenticator(origin);
  expect(await add(device, { cookie: grace.cookie })).toBe(303);
  for (const _ of [1, 2]) {
    const answer = await enter(device);
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/"]);
    const identity = await site.deps.signIn.identify(cookieOf(answer).slice("milepost=".length));
    expect(identity).toMatchObject({
      name: grace.name,
      person: { id: grace.id, role: "operator" },
      tokenId: null,
    });
  }
  const [kept] = await site.deps.passkeys.list(grace.id);
  expect(kept).toMatchObject({ name: "Phone", host: "localhost", transports: ["internal"] });
  expect(kept?.lastUsedAt).not.toBeNull();
  const settings = await (await site.get("/settings", { cookie: grace.cookie })).text();
  expect(settings).toContain("with the passkey “Phone”");
  expect(await dids()).toContain("added a passkey: Phone");
});

test("nobody comes in by what was signed for another page, another name, another question, without the person's finger, or twice", async () => {
  const device = createAuthenticator(origin);
  await add(device);
  const other = Buffer.from("another question").toString("base64url");
  const toAdd = await optionsAt("/settings/passkeys", site.cookie);
  for (const deviation of [
    { origin: "https://evil.example" },
    { origin: "http://localhost:4000" },
    { host: "evil.example" },
    { challenge: other },
    { challenge: toAdd.challenge },
    { isVerified: false },
    { userHandle: Buffer.from("somebody else").toString("base64url") },
  ]) {
    const answer = await enter(device, deviation);
    expect([deviation, answer.status, answer.headers.getSetCookie()]).toEqual([deviation, 401, []]);
  }
  expect(await (await enter(device, { isVerified: false })).text()).toContain("lets nobody in here");
  const signed = device.use(await optionsAt("/sign-in/passkey"));
  expect([(await enterBy(signed)).status, (await enterBy(signed)).status]).toEqual([303, 401]);
  const damaged = JSON.parse(device.use(await optionsAt("/sign-in/passkey")));
  damaged.response.signature = damaged.response.signature.replace(/.{4}$/, "AAAA");
  expect((await enterBy(JSON.stringify(damaged))).status).toBe(401);
  for (const garbage of [
    "",
    "{}",
    "null",
    "[]",
    '{"id":1}',
    `{"id":"${device.id}","response":{"clientDataJSON":"e30"}}`,
  ])
    expect([garbage, (await enterBy(garbage)).status]).toEqual([garbage, 401]);
  expect((await dids()).filter((did) => did.startsWith("failed to sign in")).length).toBeGreaterThan(9);
});

test("a device that has counted less than before lets nobody in, because there may be two of it, and the audit says so", async () => {
  const device = createAuthenticator(origin);
  await add(device, { deviation: { counter: 5 } });
  expect((await enter(device, { counter: 9 })).status).toBe(303);
  for (const counter of [9, 8, 0]) expect((await enter(device, { counter })).status).toBe(401);
  expect(await dids()).toContain(
    "was refused with a passkey that was used further already, so there may be a copy of it: Phone",
  );
  expect((await enter(device, { counter: 10 })).status).toBe(303);
});

test("a device that does not count is let in each time", async () => {
  const device = createAuthenticator(origin);
  await add(device, { deviation: { counter: 0 } });
  for (const _ of [1, 2]) expect((await enter(device, { counter: 0 })).status).toBe(303);
});

test("a passkey that is removed lets nobody in, and who came in by it is out, with what they hold open; a link still works", async () => {
  const grace = await person();
  const [device, another] = [createAuthenticator(origin), createAuthenticator(origin)];
  await add(device, { cookie: grace.cookie });
  await add(another, { cookie: grace.cookie, name: "Laptop" });
  const [mine, kept] = [cookieOf(await enter(device)), cookieOf(await enter(another))];
  const identity = await site.deps.signIn.identify(mine.slice("milepost=".length));
  if (identity === null) throw new Error("nobody is signed in");
  let closed = 0;
  site.deps.endings.hold(identity, () => closed++);
  const remove = (cookie: string) => site.post(`/settings/passkeys/${device.id}/remove`, {}, { cookie });
  expect((await remove((await person()).cookie)).status).toBe(404);
  expect((await remove(mine)).status).toBe(303);
  expect(closed).toBe(1);
  expect((await site.get("/", { cookie: mine })).status).toBe(303);
  expect((await site.get("/", { cookie: kept })).status).toBe(200);
  expect((await enter(device)).status).toBe(401);
  expect(await dids()).toContain("removed a passkey: Phone");
  expect(await site.deps.signIn.useLink(await site.deps.signIn.newLink(), whence)).not.toBeNull();
});

test("the passkeys of somebody who is removed let nobody in", async () => {
  const grace = await person();
  const device = createAuthenticator(origin);
  await add(device, { cookie: grace.cookie });
  await site.deps.people.remove(grace.id, ada);
  expect((await enter(device)).status).toBe(401);
});

test("what a browser made for somebody else, elsewhere, or too late is not kept, nor the same twice", async () => {
  const [grace, device] = [await person(), createAuthenticator(origin)];
  const hers = device.make(await optionsAt("/settings/passkeys", grace.cookie));
  expect((await site.post("/settings/passkeys", { passkey: hers, name: "x" })).status).toBe(400);
  for (const deviation of [
    { origin: "https://evil.example" },
    { host: "evil.example" },
    { isVerified: false },
  ])
    expect(await add(device, { deviation })).toBe(400);
  for (const name of ["", " ", "x".repeat(61), "a\u202eb"]) expect(await add(device, { name })).toBe(400);
  expect(await add(device)).toBe(303);
  expect(await add(device, { cookie: grace.cookie })).toBe(409);
  expect((await site.deps.passkeys.list(null)).length).toBe(1);
});

test("what was asked is good for ten minutes", async () => {
  now = 1_700_000_000_000;
  const clock = { now: () => now };
  const { accounts } = site.store;
  const challenges = createChallenges({
    accounts,
    clock,
    secrets: { seal: (text) => text, open: (text) => text },
  });
  const passkeys = createPasskeys({
    ...site.deps,
    accounts,
    challenges,
    clock,
    random: (n) => new Uint8Array(n),
  });
  const place = { host: "localhost", origin };
  const device = createAuthenticator(origin);
  const owner = { id: ownerId, name: "Ada", role: "admin" } as const;
  const toAdd = (await passkeys.toAdd(owner, place)) as Parameters<typeof device.make>[0];
  await passkeys.add(device.make(toAdd), "Phone", { ...ada, personId: ownerId }, place);
  const enterAfter = async (ms: number) => {
    const options = (await passkeys.toSignIn(place)) as Parameters<typeof device.use>[0];
    now += ms;
    return passkeys.signIn(device.use(options), place, whence);
  };
  expect(await enterAfter(challengeTtlMs - 1)).not.toBeNull();
  expect(await enterAfter(challengeTtlMs)).toBeNull();
});

test("somebody's devices know them by one name, and nobody else by it", async () => {
  const [grace, alan] = [await person(), await person()];
  const handleOf = async (cookie: string) => (await optionsAt("/settings/passkeys", cookie)).user?.id;
  await add(createAuthenticator(origin), { cookie: grace.cookie });
  const hers = await handleOf(grace.cookie);
  expect(await handleOf(grace.cookie)).toBe(hers);
  expect(await handleOf(alan.cookie)).not.toBe(hers);
  expect(Buffer.from(hers ?? "", "base64url").toString("latin1")).not.toContain(grace.id);
});

test("what came in by a token adds no passkey, because the passkey would outlive it", async () => {
  const all = { rights: ["admin"], workflows: null } as const;
  const { token } = await site.deps.tokens.create({ name: "t", scope: all, lastsMs: null }, ada);
  const cookie = `milepost=${await site.deps.signIn.openSession({ personId: ownerId, name: "t", tokenId: token.id }, whence)}`;
  expect((await site.get("/settings/passkeys", { cookie })).status).toBe(409);
  expect(await (await site.get("/settings", { cookie })).text()).toContain("a passkey would outlive it");
});

test.each([
  ["127.0.0.1:3000", [], "open http://localhost:3000 for that"],
  ["192.168.7.7:3000", [], "MILEPOST_URL"],
  ["192.168.7.7:3000", ["https://milepost.example"], "open https://milepost.example/ for that"],
  ["nas.lan:3000", ["http://nas.lan:3000"], "by https"],
])(
  "at %s (with %j) the settings say why no passkey can be added, and what to do",
  async (at, urls, words) => {
    await site.close();
    await open({ publicUrls: urls.map((url) => new URL(url)), sessionCookie: "milepost" });
    const headers = { Host: at };
    const { cookie } = site;
    const page = await (await site.get("/settings", { headers, cookie })).text();
    expect(page).toContain(words);
    expect(page).not.toContain('data-passkey="make"');
    expect((await site.get("/settings/passkeys", { headers, cookie })).status).toBe(409);
  },
);

test("of several names each has passkeys of its own, and a page offers them only where there are any", async () => {
  await site.close();
  const urls = ["https://milepost.example", "https://other.example:8443"].map((url) => new URL(url));
  await open({ publicUrls: urls });
  const [one = "", other = ""] = urls.map((url) => url.host);
  const device = createAuthenticator("https://milepost.example");
  const at = (Host: string) => ({ headers: { Host }, cookie: site.cookie });
  const options = (await (await site.get("/settings/passkeys", at(one))).json()) as Parameters<
    typeof device.make
  >[0];
  expect(options.rp?.id).toBe("milepost.example");
  const made = await site.post(
    "/settings/passkeys",
    { passkey: device.make(options), name: "Phone" },
    at(one),
  );
  expect(made.status).toBe(303);
  const offered = async (Host: string) =>
    (await (await site.get("/sign-in", { headers: { Host }, cookie: null })).text()).includes(
      'data-passkey="use"',
    );
  expect([await offered(one), await offered(other)]).toEqual([true, false]);
  const toUse = (await (
    await site.get("/sign-in/passkey", { headers: { Host: other }, cookie: null })
  ).json()) as Parameters<typeof device.use>[0];
  const elsewhere = await site.post(
    "/sign-in/passkey",
    { passkey: device.use(toUse) },
    { headers: { Host: other }, cookie: null },
  );
  expect(elsewhere.status).toBe(401);
});
