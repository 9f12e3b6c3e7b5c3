import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDoors } from "#main/open-doors.ts";
import { createCounters } from "#web/live/counters.ts";
import { repairShop } from "../apps/samples.ts";
import { ada } from "../people/ada.ts";
import { openSite, presetToken, type Site } from "./site.ts";

const milepost = "milepost.example.org";
const app = "repair-shop.apps.example.org";
const other = "other-shop.apps.example.org";
const home = "/apps/repair-shop/";

let site: Site;
let origin: string;
let close: () => void;
beforeEach(async () => {
  site = await openSite({ deps: { publicUrls: [new URL(`https://${milepost}/`)] } });
  site.deps.apps.create(repairShop, "run-1");
  site.deps.apps.create({ ...repairShop, app: "other-shop" }, "run-2");
  const doors = await openDoors({
    ...{ web: site.deps, counters: createCounters(), others: [] },
    ...{ host: "127.0.0.1", port: 0, apps: { hostsBelow: new URL("https://apps.example.org") } },
  });
  origin = doors.origin;
  close = doors.close;
});
afterEach(async () => {
  close();
  await site.close();
});

interface Asking {
  method?: string;
  body?: string;
  headers?: Record<string, string>;
}
/** Asks one port under whatever name, which `fetch` does not let anybody choose. */
const ask = (host: string, path: string, { method, body, headers }: Asking = {}) =>
  new Promise<Response>((resolve, reject) => {
    const sent = request(`${origin}${path}`, { method, headers: { ...headers, host } }, async (answer) => {
      const told = Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((one): [string, string] => [name, one]),
      );
      const status = answer.statusCode ?? 0;
      resolve(new Response(await text(answer), { status, headers: told }));
    });
    sent.on("error", reject).end(body);
  });
const send = (host: string, path: string, form: Record<string, string>, headers: Record<string, string>) =>
  ask(host, path, {
    method: "POST",
    body: new URLSearchParams(form).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  });
const fieldIn = (page: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? "";

/** What the page between them hands over. */
const handedOver = async (to = home, cookie = site.cookie) => {
  const page = await ask(milepost, `/enter-app/repair-shop?to=${encodeURIComponent(to)}`, {
    headers: { cookie },
  });
  const html = await page.text();
  return { page, html, code: fieldIn(html, "code"), to: fieldIn(html, "to") };
};
const entering = { origin: `https://${milepost}`, "sec-fetch-site": "same-site" };
const enter = (code: string, { host = app, to = home, headers = entering as Record<string, string> } = {}) =>
  send(host, "/enter-app/repair-shop", { code, to }, headers);
/** The cookie of a browser that has come in. */
const entered = async () => {
  const answer = await enter((await handedOver()).code);
  return answer.headers.get("Set-Cookie")?.split(";")[0] ?? "";
};

test("a page of an app leads from Milepost to the app's own name, over one form, and to the page that was wanted", async () => {
  const path = `${home}customers?q=a`;
  const moved = await ask(milepost, path, { headers: { cookie: site.cookie } });
  expect(moved.headers.get("Location")).toBe(`https://${app}${path}`);
  const turnedAway = await ask(app, path, { headers: { accept: "text/html" } });
  const entrance = new URL(turnedAway.headers.get("Location") ?? "");
  expect([turnedAway.status, entrance.host]).toEqual([302, milepost]);
  const { page, html, code, to } = await handedOver(entrance.searchParams.get("to") ?? "");
  expect(html).toContain(`action="https://${app}/enter-app/repair-shop"`);
  expect(page.headers.get("Content-Security-Policy")).toContain(`form-action https://${app};`);
  expect(page.headers.get("Referrer-Policy")).toBe("strict-origin");
  const answer = await enter(code, { to });
  expect([answer.status, answer.headers.get("Location")]).toEqual([303, path]);
  const cookie = answer.headers.get("Set-Cookie") ?? "";
  expect(cookie).toMatch(/^__Host-milepost-app=[^;]+;.* Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  const shown = await ask(app, path, { headers: { cookie: cookie.split(";")[0] ?? "" } });
  expect(shown.status).toBe(200);
  expect(await shown.text()).toContain("Repair shop");
});

test("a code opens one app, once, and only from a form of Milepost's", async () => {
  const { code } = await handedOver();
  for (const from of [`https://${other}`, `https://${app}`, "null", "https://evil.example"])
    expect((await enter(code, { headers: { origin: from } })).status).toBe(403);
  expect((await enter(code, { headers: {} })).status).toBe(403);
  expect((await send(other, "/enter-app/other-shop", { code }, entering)).status).toBe(403);
  expect((await send(other, "/enter-app/repair-shop", { code }, entering)).status).toBe(403);
  expect((await enter("made up")).status).toBe(403);
  const both = await Promise.all([enter(code), enter(code)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([303, 403]);
  expect(
    (await enter((await handedOver()).code, { to: "https://evil.example/" })).headers.get("Location"),
  ).toBe(home);
});

test("what lets a browser in at an app opens neither Milepost nor another app, and Milepost's session opens no app", async () => {
  const cookie = await entered();
  const kept = cookie.split("=").slice(1).join("=");
  expect((await ask(app, home, { headers: { cookie } })).status).toBe(200);
  for (const name of ["__Host-milepost-app", "__Host-milepost", "milepost"]) {
    expect((await ask(milepost, "/api/runs", { headers: { cookie: `${name}=${kept}` } })).status).toBe(401);
    expect((await ask(other, "/apps/other-shop/", { headers: { cookie: `${name}=${kept}` } })).status).toBe(
      302,
    );
  }
  const session = site.cookie.split("=")[1];
  for (const name of ["__Host-milepost-app", "__Host-milepost"])
    expect((await ask(app, home, { headers: { cookie: `${name}=${session}` } })).status).toBe(302);
});

test("it ends with the session that it came from", async () => {
  const cookie = await entered();
  const status = async () => (await ask(app, home, { headers: { cookie } })).status;
  expect(await status()).toBe(200);
  const [session] = await site.deps.signIn.sessions(null);
  await site.deps.signIn.end(session?.id ?? "", ada, null);
  expect(await status()).toBe(302);
  expect((await ask(app, `${home}api/db/customers`, { headers: { cookie } })).status).toBe(401);
});

test("at an app's name there is that app and nothing of Milepost's, nor another app", async () => {
  const cookie = await entered();
  const headers = { cookie, accept: "text/html" };
  expect((await ask(app, "/", { headers })).headers.get("Location")).toBe(home);
  for (const path of ["/apps", "/api/workflows", "/settings", "/sign-in", "/enter-app/repair-shop"])
    expect((await ask(app, path, { headers })).headers.get("Location")).toBe(`https://${milepost}${path}`);
  expect((await ask(app, "/apps/other-shop/", { headers })).status).toBe(404);
  const disguised = { ...headers, "x-app-context": "repair-shop" };
  for (const path of ["/apps/other-shop/api/db/customers", "/apps/other-shop/", "/apps/other-sho%70/"])
    expect([path, (await ask(app, path, { headers: disguised })).status]).toEqual([path, 404]);
  expect(
    (await ask(app, "/api/db/customers", { headers: { ...headers, "x-app-context": "other-shop" } })).status,
  ).toBe(404);
  expect(
    (await ask(app, "/api/db/customers", { headers: { ...headers, "x-app-context": "repair-shop" } })).status,
  ).toBe(200);
  const own = { cookie, origin: `https://${app}`, "sec-fetch-site": "same-origin" };
  expect((await send(app, "/api/workflows/colours/runs", {}, own)).status).toBe(404);
  const foreign = { cookie, origin: `https://${other}`, "sec-fetch-site": "same-site" };
  expect((await send(app, `${home}customers`, { name: "Mallory" }, foreign)).status).toBe(403);
  expect(
    (
      await send(
        milepost,
        "/api/workflows/colours/runs",
        {},
        { cookie: site.cookie, origin: `https://${app}`, "sec-fetch-site": "same-site" },
      )
    ).status,
  ).toBe(403);
});

test("names are told apart however they are written, and what is no app's name is Milepost's to refuse", async () => {
  const cookie = await entered();
  for (const host of ["Repair-Shop.Apps.Example.ORG", `${app}:443`])
    expect([host, (await ask(host, home, { headers: { cookie } })).status]).toEqual([host, 200]);
  for (const host of [
    "apps.example.org",
    `a.${app}`,
    `${app}.evil.example`,
    `${app}:8443`,
    `repair_shop.apps.example.org`,
    ".apps.example.org",
  ])
    expect([host, (await ask(host, home, { headers: { cookie } })).status]).toEqual([host, 403]);
  expect(
    (
      await ask("nowhere.apps.example.org", "/apps/nowhere/", {
        headers: { authorization: `Bearer ${presetToken}` },
      })
    ).status,
  ).toBe(404);
});

test("programs reach an app's data with a token at either name", async () => {
  for (const host of [milepost, app]) {
    const headers = { authorization: `Bearer ${presetToken}` };
    expect((await ask(host, `${home}api/db/customers`, { headers })).status).toBe(200);
  }
});
