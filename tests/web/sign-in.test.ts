import { afterAll, beforeAll, expect, test } from "vitest";
import { ada } from "../people/ada.ts";
import { type AskOptions, forRuns, openSite, presetToken, type Site } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const use = async (token: string, asked: AskOptions = {}, at = site) =>
  at.post("/sign-in", { token }, { cookie: null, ...asked });
const cookiesOf = (answer: Response): Record<string, string> =>
  Object.fromEntries(
    answer.headers.getSetCookie().map((cookie) => [cookie.slice(0, cookie.indexOf("=")), cookie]),
  );

test("the button of the printed link signs a browser in once; the second who presses it is told why not", async () => {
  const token = await site.deps.signIn.newLink();
  const first = await use(token);
  expect([first.status, first.headers.get("Location")]).toEqual([303, "/"]);
  const cookie = cookiesOf(first).milepost ?? "";
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=Lax/);
  expect(cookie).toMatch(/Path=\//);
  expect(cookie).not.toMatch(/Secure/);
  expect((await site.get("/", { cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);

  const second = await use(token);
  expect(second.status).toBe(401);
  expect(second.headers.getSetCookie()).toEqual([]);
  expect(await second.text()).toContain("A link works once");
});

test("to open the link uses nothing up, however often and by whom: a preview, a mail program, a scanner of links", async () => {
  const token = await site.deps.signIn.newLink();
  for (const method of ["GET", "HEAD", "GET"]) {
    const answer = await site.get(`/sign-in?token=${token}`, { cookie: null, method });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
  }
  expect((await use(token)).status).toBe(303);
});

test("over https the cookie is Secure and of this very host, and one that a neighbouring host planted lets nobody in", async () => {
  const secure = await openSite({ deps: { publicUrls: [new URL("https://milepost.example")] } });
  const headers = { Host: "milepost.example" };
  const answer = await use(await secure.deps.signIn.newLink(), { headers }, secure);
  const cookie = cookiesOf(answer)["__Host-milepost"] ?? "";
  expect(cookie).toMatch(/Secure/);
  expect(cookie).toMatch(/Path=\/(;|$)/);
  expect(cookie).not.toMatch(/Domain/);
  const mine = cookie.split(";")[0] ?? "";
  expect((await secure.get("/", { cookie: mine, headers })).status).toBe(200);
  expect((await secure.get("/", { cookie: mine.replace("__Host-", ""), headers })).status).toBe(303);
  await secure.close();
});

test("after signing in one stands where one wanted to go", async () => {
  const turnedAway = await site.get("/runs?state=failed", { cookie: null });
  const next = cookiesOf(turnedAway)["milepost-next"]?.split(";")[0] ?? "";
  const signedIn = await use(await site.deps.signIn.newLink(), { cookie: next });
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
  const answer = await use(await site.deps.signIn.newLink(), { cookie });
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
  expect(await wrong.text()).toContain("neither a sign-in link");
});

test("signing out ends the session itself, not only this browser's cookie", async () => {
  const cookie = await site.newSession();
  const answer = await site.post("/sign-out", {}, { cookie });
  expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/sign-in"]);
  expect(answer.headers.get("Clear-Site-Data")).toBe('"cache", "storage"');
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
  const { token, secret } = await site.deps.tokens.create(forRuns("shared laptop"), ada);
  const answer = await site.post("/sign-in", { token: secret }, { cookie: null });
  const cookie = cookiesOf(answer).milepost?.split(";")[0] ?? "";
  expect((await site.get("/", { cookie })).status).toBe(200);
  await site.post(`/settings/tokens/${token.id}/remove`);
  expect((await site.get("/", { cookie })).status).toBe(303);
});
