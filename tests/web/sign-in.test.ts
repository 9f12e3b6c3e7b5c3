import { afterAll, beforeAll, expect, test } from "vitest";
import { openSite, presetToken, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const link = async () => `/sign-in?token=${await site.deps.signIn.newLink()}`;
const cookiesOf = (answer: Response): Record<string, string> =>
  Object.fromEntries(
    answer.headers.getSetCookie().map((cookie) => [cookie.slice(0, cookie.indexOf("=")), cookie]),
  );

test("the printed link signs a browser in once; the second who opens it is told why not", async () => {
  const path = await link();
  const first = await site.get(path, { cookie: null });
  expect([first.status, first.headers.get("Location")]).toEqual([303, "/"]);
  const cookie = cookiesOf(first).milepost ?? "";
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  expect(cookie).toMatch(/Path=\//);
  expect(cookie).not.toMatch(/Secure/);
  expect((await site.get("/", { cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);

  const second = await site.get(path, { cookie: null });
  expect(second.status).toBe(401);
  expect(second.headers.getSetCookie()).toEqual([]);
  expect(await second.text()).toContain("used already");
});

test("a preview or a prefetch of the link does not use it up", async () => {
  const path = await link();
  await site.get(path, { cookie: null, method: "HEAD" });
  await site.get(path, { cookie: null, headers: { "Sec-Purpose": "prefetch;prerender" } });
  expect((await site.get(path, { cookie: null })).status).toBe(303);
});

test("the cookie is Secure when the browser speaks https", async () => {
  const secure = await openSite({ deps: { publicUrls: [new URL("https://milepost.example")] } });
  const path = `/sign-in?token=${await secure.deps.signIn.newLink()}`;
  const answer = await secure.get(path, { cookie: null, headers: { Host: "milepost.example" } });
  expect(cookiesOf(answer).milepost).toMatch(/Secure/);
  await secure.close();
});

test("after signing in one stands where one wanted to go", async () => {
  const turnedAway = await site.get("/runs?state=failed", { cookie: null });
  const next = cookiesOf(turnedAway)["milepost-next"]?.split(";")[0] ?? "";
  const signedIn = await site.get(await link(), { cookie: next });
  expect(signedIn.headers.get("Location")).toBe("/runs?state=failed");
});

test.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/\t/evil.example/",
  "\\\\evil.example",
  "javascript:alert(1)",
  "evil.example",
  "",
])("a planted address to go on to (%j) leads home and not away", async (planted) => {
  const cookie = `milepost-next=${encodeURIComponent(planted)}`;
  const answer = await site.get(await link(), { cookie });
  expect(answer.headers.get("Location")).toBe("/");
});

test("a pasted API token or link token signs in by the form; anything else is refused with a sentence", async () => {
  for (const token of [presetToken, await site.deps.signIn.newLink()]) {
    const answer = await site.post("/sign-in", { token }, { cookie: null });
    expect(answer.status).toBe(303);
    const cookie = cookiesOf(answer).milepost?.split(";")[0] ?? "";
    expect((await site.get("/", { cookie })).status).toBe(200);
  }
  const wrong = await site.post("/sign-in", { token: "wrong" }, { cookie: null });
  expect(wrong.status).toBe(401);
  expect(await wrong.text()).toContain("neither the token");
});

test("signing out ends the session itself, not only this browser's cookie", async () => {
  const cookie = await site.newSession();
  const answer = await site.post("/sign-out", {}, { cookie });
  expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/sign-in"]);
  expect((await site.get("/", { cookie })).status).toBe(303);
});

test("a program with a wrong token is told so on every address, and never led to a page that it would save as its file", async () => {
  for (const path of ["/exports/x/file", "/metrics", "/runs", "/", "/api/runs", "/api/docs"])
    for (const accept of ["*/*", "text/html,*/*"]) {
      const answer = await site.app.request(path, {
        headers: { Host: "localhost:3000", Accept: accept, Authorization: "Bearer removed-since" },
      });
      expect([path, answer.status, answer.headers.get("Location")]).toEqual([path, 401, null]);
      expect(answer.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(await answer.json()).toMatchObject({ error: { code: "not-signed-in" } });
    }
});

test("removing a token ends the browser sessions that were opened with it", async () => {
  const { token, secret } = await site.deps.tokens.create("shared laptop", "Ada");
  const answer = await site.post("/sign-in", { token: secret }, { cookie: null });
  const cookie = cookiesOf(answer).milepost?.split(";")[0] ?? "";
  expect((await site.get("/", { cookie })).status).toBe(200);
  await site.post(`/settings/tokens/${token.id}/remove`);
  expect((await site.get("/", { cookie })).status).toBe(303);
});
