import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repairShop } from "../apps/samples.ts";
import { sqliteOf } from "../apps/sqlite-of.ts";
import { unzip } from "../apps/unzip.ts";
import { openSite, type Site } from "./site.ts";

let site: Site;
beforeEach(async () => {
  site = await openSite();
  site.deps.apps.create(repairShop, "run-1");
  site.deps.apps.create({ ...repairShop, app: "other-shop", title: "Other shop" }, "run-2");
});
afterEach(() => site.close());

const add = async (slug: string, name: string): Promise<string> => {
  const answer = await site.call("POST", `/apps/${slug}/api/db/customers`, { name });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { data: { id: string } }).data.id;
};

it("lets only those in who are signed in", async () => {
  for (const path of ["/apps", "/apps/repair-shop/", "/apps/repair-shop/customers", "/apps/repair-shop.zip"])
    expect((await site.get(path, { cookie: null })).headers.get("Location")).toBe("/sign-in");
  expect((await site.get("/apps/repair-shop/api/db/customers", { cookie: null })).status).toBe(401);
  const named = { cookie: null, headers: { "X-App-Context": "repair-shop" } };
  expect((await site.get("/api/db/customers", named)).status).toBe(401);
});

it("refuses a change that another site asks for", async () => {
  const answer = await site.post(
    "/apps/repair-shop/customers",
    { name: "Mallory" },
    { headers: { "Sec-Fetch-Site": "cross-site" } },
  );
  expect(answer.status).toBe(403);
  expect(await site.get("/apps/repair-shop/customers").then((page) => page.text())).not.toContain("Mallory");
});

it.each(["", "customers", "repairs/board"])(
  "serves an app's page “%s” under the strictest policy",
  async (path) => {
    const page = await site.get(`/apps/repair-shop/${path}`);
    expect(page.status).toBe(200);
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).not.toMatch(/<script>|<style|style=|onclick=/);
    for (const [, address] of html.matchAll(/(?:src|href)="(\/apps\/repair-shop\/assets\/[^"]+)"/g))
      expect((await site.get(String(address))).headers.get("Cache-Control")).toContain("immutable");
    const sheet = await (await site.get("/apps/repair-shop/assets/app.css")).text();
    const imported = /@import url\("([^"]+)"\)/.exec(sheet)?.[1];
    const pico = await site.get(`/apps/repair-shop/assets/${imported}`);
    expect([pico.status, pico.headers.get("Cache-Control")]).toEqual([
      200,
      expect.stringContaining("immutable"),
    ]);
  },
);

describe("an app", () => {
  const attempts = (id: string) => [
    `/apps/other-shop/customers/rows/${id}`,
    `/apps/other-shop/customers/rows/${id}/edit`,
    `/apps/other-shop/api/db/customers/${id}`,
    `/apps/other-shop/api/db/customers?id=${id}`,
    `/apps/other-shop/api/db/customers?q=Secret`,
    `/apps/other-shop/api/db/repair-shop.customers`,
    `/apps/other-shop/api/db/main.customers`,
    `/apps/other-shop/api/db/_app`,
    `/apps/other-shop/api/db/sqlite_master`,
    `/apps/other-shop/../repair-shop%2Fapp.sqlite`,
    `/apps/other-shop/..%2frepair-shop%2fapi%2fdb%2fcustomers`,
    `/apps/..%2Frepair-shop/customers`,
    `/apps/.repair-shop.part/`,
    `/apps/..%2F..%2Fmilepost.sqlite`,
    `/apps/other-shop/assets/..%2f..%2fregistry.ts`,
    `/apps/other-shop/assets/app.sqlite`,
    `/apps/other-shop/customers/choices?by=x&x=Secret`,
    `/apps/other-shop/customers/export.csv`,
    `/apps/other-shop.zip`,
  ];

  it("reaches no row of another one by any address, parameter or name", async () => {
    const id = await add("repair-shop", "Secret Ada");
    for (const path of attempts(id)) {
      const answer = await site.get(path);
      expect(answer.status, path).toBeLessThan(500);
      expect(Buffer.from(await answer.arrayBuffer()).includes("Secret Ada"), path).toBe(false);
    }
    for (const [method, path] of [
      ["PUT", `/apps/other-shop/api/db/customers/${id}`],
      ["DELETE", `/apps/other-shop/api/db/customers/${id}`],
    ] as const)
      expect((await site.call(method, path, method === "PUT" ? { name: "Gone" } : undefined)).status).toBe(
        404,
      );
    const still = await site.call("GET", `/apps/repair-shop/api/db/customers/${id}`);
    expect(await still.json()).toMatchObject({ data: { name: "Secret Ada" } });
  });

  it("cannot refer to a row of another one", async () => {
    const customer = await add("repair-shop", "Ada");
    const answer = await site.call("POST", "/apps/other-shop/api/db/repairs", { customer, device: "Phone" });
    expect(answer.status).toBe(400);
  });

  it("opens no database but its own, and none of Milepost's", async () => {
    const { db } = site.deps.apps.open("repair-shop");
    expect((sqliteOf(db).pragma("database_list") as { name: string }[]).map(({ name }) => name)).toEqual([
      "main",
    ]);
    expect(
      db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1").pluck().all(),
    ).toEqual(["_app", "customers", "products", "repairs", "sales"]);
  });

  it("is the one that the header X-App-Context names", async () => {
    const headers = (slug: string) => ({ "X-App-Context": slug });
    const made = await site.call("POST", "/api/db/customers", { name: "Ada" }, headers("repair-shop"));
    expect(made.status).toBe(201);
    const count = async (slug: string) =>
      (
        (await (await site.call("GET", "/api/db/customers", undefined, headers(slug))).json()) as {
          total: number;
        }
      ).total;
    expect([await count("repair-shop"), await count("other-shop")]).toEqual([1, 0]);
    expect((await site.call("GET", "/api/db/customers")).status).toBe(400);
    expect((await site.call("GET", "/api/db/customers", undefined, headers("../x"))).status).toBe(404);
  });
});

it("serves an app as it is after a migration, and no longer once it is gone", async () => {
  const to = structuredClone(repairShop);
  to.title = "Repair palace";
  await site.get("/apps/repair-shop/");
  site.deps.apps.migrate("repair-shop", { from: repairShop, to, apply: () => undefined });
  expect(await (await site.get("/apps/repair-shop/")).text()).toContain("Repair palace");
  expect((await site.post("/apps/remove", { slug: "repair-shop" })).status).toBe(303);
  expect((await site.get("/apps/repair-shop/")).status).toBe(404);
  expect(await (await site.get("/apps")).text()).not.toContain("Repair palace");
  expect((await site.get("/apps/other-shop/")).status).toBe(200);
  expect((await site.post("/apps/remove", { slug: "repair-shop" })).status).toBe(404);
});

it("lists the apps with their tables and rows", async () => {
  await add("repair-shop", "Ada");
  const html = await (await site.get("/apps")).text();
  expect(html).toContain("Customers (1), Products (0), Sales (0), Repairs (0)");
  expect(html).toContain('href="/apps/other-shop/"');
  expect((await site.get("/apps/other-shop")).headers.get("Location")).toBe("/apps/other-shop/");
});

it("hands an app out as a project that holds its runtime, schema and data", async () => {
  await add("repair-shop", "Ada");
  const answer = await site.get("/apps/repair-shop.zip");
  expect(answer.headers.get("Content-Disposition")).toContain('filename="repair-shop.zip"');
  const files = await unzip(Buffer.from(await answer.arrayBuffer()));
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(
      [
        ".npmrc",
        "bin/node.cjs",
        "package.json",
        "README.md",
        "schema.json",
        "data/app.sqlite",
        "runtime/stand-alone.ts",
        "runtime/app.tsx",
      ].map((name) => `repair-shop/${name}`),
    ),
  );
  expect(files.get("repair-shop/data/app.sqlite")?.includes("Ada")).toBe(true);
  const { dependencies } = JSON.parse(String(files.get("repair-shop/package.json")));
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const used = [...files]
    .filter(([name]) => /\.tsx?$/.test(name))
    .flatMap(([, text]) =>
      [...String(text).matchAll(/ from "((?:@[^/"]+\/)?[^/".]+)/g)].map(([, name]) => name),
    )
    .filter((name) => !name?.startsWith("node:"));
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([...new Set(used)]));
});

it("is kept for 30 days after it was removed, and comes back with its rows by a button and by the API", async () => {
  await add("repair-shop", "Ada");
  await site.post("/apps/remove", { slug: "repair-shop" });
  expect(await (await site.get("/apps")).text()).toContain("Removed in the last 30 days");
  await site.post("/apps/bring-back", { slug: "repair-shop" });
  expect(await (await site.get("/apps/repair-shop/customers")).text()).toContain("Ada");
  expect((await site.call("DELETE", "/api/apps/repair-shop")).status).toBe(200);
  const listed = (await (await site.call("GET", "/api/apps")).json()) as { removed: { slug: string }[] };
  expect(listed.removed.map(({ slug }) => slug)).toEqual(["repair-shop"]);
  expect((await site.call("POST", "/api/apps/repair-shop/bring-back", {})).status).toBe(200);
  expect((await site.call("POST", "/api/apps/repair-shop/bring-back", {})).status).toBe(404);
});

it("a token for one app opens that app and nothing else of Milepost, with no more rights than it has", async () => {
  const made = await site.call("POST", "/api/tokens", {
    ...{ name: "till", rights: ["read", "run"], workflows: ["app:repair-shop"] },
  });
  const secret = ((await made.json()) as { secret: string }).secret;
  const ask = async (method: string, path: string, body?: object, token = secret) => {
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return (await site.app.request(`http://localhost${path}`, init)).status;
  };
  expect(await ask("POST", "/apps/repair-shop/api/db/customers", { name: "Ada" })).toBe(201);
  expect(await ask("GET", "/apps/repair-shop/customers")).toBe(200);
  expect(await ask("GET", "/apps/repair-shop.zip")).toBe(200);
  for (const path of [
    ...["/apps/other-shop/api/db/customers", "/apps/other-shop/", "/apps/repair-shop%2F..%2Fother-shop/"],
    ...["/api/runs", "/api/apps", "/api/tokens", "/runs", "/settings", "/api/workflows/generate-app"],
  ])
    expect([path, await ask("GET", path)]).not.toEqual([path, 200]);
  expect(await ask("DELETE", "/api/apps/repair-shop")).toBe(403);
  const looking = await site.call("POST", "/api/tokens", {
    ...{ name: "screen", rights: ["read"], workflows: ["app:repair-shop"] },
  });
  const reader = ((await looking.json()) as { secret: string }).secret;
  expect(await ask("GET", "/apps/repair-shop/api/db/customers", undefined, reader)).toBe(200);
  expect(await ask("POST", "/apps/repair-shop/api/db/customers", { name: "Eve" }, reader)).toBe(403);
  const history = await site.get("/apps/repair-shop/api/db/customers");
  const [row] = ((await history.json()) as { data: { id: string }[] }).data;
  expect(await (await site.get(`/apps/repair-shop/customers/rows/${row?.id}`)).text()).toContain(
    "till (Owner) added it",
  );
  const none = await site.call("POST", "/api/tokens", { name: "x", workflows: ["app:nowhere"] });
  expect(none.status).toBe(400);
});
