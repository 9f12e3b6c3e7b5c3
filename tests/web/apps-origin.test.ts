import { afterEach, beforeEach, expect, test } from "vitest";
import { openDoors } from "#main/open-doors.ts";
import { createCounters } from "#web/live/counters.ts";
import { repairShop } from "../apps/samples.ts";
import { openSite, presetToken, type Site } from "./site.ts";

let site: Site;
let milepost: string;
let apps: string;
let close: () => void;
beforeEach(async () => {
  site = await openSite();
  site.deps.apps.create(repairShop, "run-1");
  const doors = await openDoors({
    ...{ web: site.deps, counters: createCounters(), others: [] },
    ...{ host: "127.0.0.1", port: 0, apps: { port: 0, url: null } },
  });
  milepost = doors.origin;
  close = doors.close;
  const moved = await ask(milepost, "/apps/repair-shop/");
  apps = new URL(moved.headers.get("Location") ?? "").origin;
});
afterEach(async () => {
  close();
  await site.close();
});

const ask = (origin: string, path: string, init: RequestInit = {}) =>
  fetch(origin + path, { redirect: "manual", ...init, headers: { cookie: site.cookie, ...init.headers } });

test("a page of an app is shown at an origin of its own only, to whoever is signed in to Milepost", async () => {
  expect(apps).not.toBe(milepost);
  const page = await ask(apps, "/apps/repair-shop/");
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Repair shop");
  const path = "/apps/repair-shop/customers?q=a";
  expect((await ask(milepost, path)).headers.get("Location")).toBe(apps + path);
  const stranger = await ask(apps, "/apps/repair-shop/", { headers: { cookie: "" } });
  expect(stranger.status).toBe(303);
  const form = new URLSearchParams({ name: "Mallory" });
  expect(
    (
      await ask(milepost, "/apps/repair-shop/customers", {
        method: "POST",
        body: form,
        headers: { Origin: milepost },
      })
    ).status,
  ).toBe(409);
});

test("nothing of Milepost's is at the origin of the apps, and their pages can change nothing at Milepost's", async () => {
  for (const path of ["/", "/apps", "/api/workflows", "/settings", "/sign-in"])
    expect((await ask(apps, path)).headers.get("Location")).toBe(milepost + path);
  expect(
    (await ask(apps, "/api/workflows/colours/runs", { method: "POST", headers: { Origin: apps } })).status,
  ).toBe(404);
  const fromApp = { Origin: apps, "Sec-Fetch-Site": "same-site" };
  for (const path of ["/apps/remove", "/settings/tokens", "/api/workflows/colours/runs"])
    expect((await ask(milepost, path, { method: "POST", headers: fromApp })).status).toBe(403);
  const read = await ask(milepost, "/api/workflows", { headers: { Origin: apps } });
  expect(read.headers.has("Access-Control-Allow-Origin")).toBe(false);
});

test("programs find an app's data where they were", async () => {
  const authorization = `Bearer ${presetToken}`;
  for (const origin of [milepost, apps]) {
    const answer = await ask(origin, "/apps/repair-shop/api/db/customers", {
      headers: { authorization, cookie: "" },
    });
    expect(answer.status).toBe(200);
  }
});
