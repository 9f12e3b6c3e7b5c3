import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { standBelow } from "#core/route.ts";
import { repairShop } from "../apps/samples.ts";
import { openSite, type Site } from "./site.ts";

const publicUrls = [new URL("https://milepost.example/"), new URL("http://nas.local:3000/")];
const warnings: string[] = [];
let site: Site;
beforeAll(async () => {
  site = await openSite({
    deps: {
      publicUrls,
      log: { info: () => {}, error: () => {}, warn: (_, message) => void warnings.push(message) },
    },
  });
});
afterAll(() => site.close());
afterEach(() => standBelow("/"));

const cookieAt = async (headers: Record<string, string>): Promise<string> => {
  const token = await site.deps.signIn.newLink();
  return (await site.post("/sign-in", { token }, { cookie: null, headers })).headers.getSetCookie().join();
};

test.each([
  ["the public name", "milepost.example"],
  ["a proxy that hides the name", "127.0.0.1:3311"],
  ["a proxy that adds a port", "milepost.example:8443"],
])("cookies are for https only behind %s, because people come by https", async (_, Host) => {
  expect(await cookieAt({ Host })).toMatch(/Secure/);
});

test("cookies work at a public address of plain http too", async () => {
  expect(await cookieAt({ Host: "nas.local:3000" })).not.toMatch(/Secure/);
});

test("a refused name is told with the setting that lets it in", async () => {
  const answer = await site.get("/", { headers: { Host: "vm.local" } });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("MILEPOST_URL=https://vm.local");
});

test("health is answered under any name, and nothing else is", async () => {
  for (const path of ["/healthz", "/readyz"])
    expect((await site.get(path, { cookie: null, headers: { Host: "milepost-1" } })).status).toBe(200);
  expect((await site.get("/metrics", { headers: { Host: "milepost-1" } })).status).toBe(403);
});

test("a proxy that hides the name is told once in the log, at home and in the settings with the line to add, until it passes the name on", async () => {
  const line = "proxy_set_header Host $http_host;";
  const page = async (headers: Record<string, string>) => (await site.get("/settings", { headers })).text();
  const hidden = { Host: "127.0.0.1:3311" };
  expect(await page(hidden)).not.toContain(line);
  expect(await page({ ...hidden, Referer: "https://milepost.example/runs" })).toContain(line);
  expect(await page(hidden)).toContain(line);
  expect(await (await site.get("/", { headers: hidden })).text()).toContain(line);
  expect(warnings.filter((one) => one.includes(line))).toHaveLength(1);
  expect(await page({ Host: "milepost.example" })).not.toContain(line);
  expect(await page(hidden)).not.toContain(line);
});

test("no page links to an address outside the path that Milepost stands below", async () => {
  standBelow("/milepost/");
  const below = await openSite();
  const id = await below.start();
  below.deps.apps.create(repairShop, "run-1");
  const pages = ["/", "/runs", `/runs/${id}`, "/exports", "/apps", "/connections", "/settings", "/api/docs"];
  for (const path of [
    ...pages,
    "/apps/repair-shop/",
    "/apps/repair-shop/customers",
    "/workflows/colours",
    "/sign-in",
  ]) {
    const answer = await below.get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    const links = [...(await answer.text()).matchAll(/ (?:href|src|action|hx-get|hx-post)="(\/[^"]*)"/g)];
    expect(links.length).toBeGreaterThan(2);
    expect(links.map(([, link]) => link).filter((link) => !link?.startsWith("/milepost/"))).toEqual([]);
  }
  const turnedAway = await below.get("/runs", { cookie: null });
  expect(turnedAway.headers.get("Location")).toBe("/milepost/sign-in");
  expect(turnedAway.headers.get("Set-Cookie")).toMatch(
    /milepost-next=%2Fmilepost%2Fruns; .*Path=\/milepost\//,
  );
  await below.close();
});
