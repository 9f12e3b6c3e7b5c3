import { beforeEach, describe, expect, it } from "vitest";
import { repairShop } from "./samples.ts";
import { siteOf, type TestSite } from "./site.ts";

let site: TestSite;
beforeEach(() => {
  site = siteOf(repairShop);
});

const names = async (query: string) =>
  ((await site.json("GET", `api/db/products?sort=name&order=asc&${query}`)).body.data ?? []).map(
    ({ name }) => name,
  );

describe("lists", () => {
  beforeEach(async () => {
    await site.add("products", { name: "Case", price: 10, stock: 3, category: "Cases" });
    await site.add("products", { name: "Phone", price: 499.9, stock: 10, category: "Phones" });
    await site.add("products", { name: "Étui", price: 20, stock: 0 });
  });

  it("answers in the agreed shape", async () => {
    const { status, body } = await site.json("GET", "api/db/products?limit=2&offset=1");
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 3, limit: 2, offset: 1 });
    expect(body.data.map(({ name }) => name)).toEqual(["Phone", "Case"]);
    expect(body.data[0]).toEqual({
      id: expect.any(String),
      name: "Phone",
      category: "Phones",
      price: 499.9,
      stock: 10,
      min_stock: null,
      is_active: true,
      website: null,
      created_at: expect.stringMatching(/^2026-03-01T12:00:00/),
      updated_at: expect.stringMatching(/^2026-03-01T12:00:00/),
    });
  });

  it.each([
    ["stock_gt=3", ["Phone"]],
    ["stock_gte=3", ["Case", "Phone"]],
    ["stock_lt=3", ["Étui"]],
    ["stock_lte=3", ["Case", "Étui"]],
    ["stock=3", ["Case"]],
    ["stock_gt=0&stock_lt=10", ["Case"]],
    ["category_ne=Cases", ["Étui", "Phone"]],
    ["category=", ["Étui"]],
    ["category_ne=", ["Case", "Phone"]],
    ["is_active=no", []],
    ["q=etui", ["Étui"]],
    ["q=ÉTUI", ["Étui"]],
    ["q=%25", []],
    ["q=_ase", []],
    ["q=\\", []],
    ["created_at_gte=2027-01-01", []],
    ["name_in=Case,Phone", ["Case", "Phone"]],
    ['name_in="Case",nobody', ["Case"]],
    ["category_in=,Cases", ["Case", "Étui"]],
    ["category_in=", ["Étui"]],
    ["name_like=*u*", ["Étui"]],
    ["name_like=PH*", ["Phone"]],
    ["name_like=%25", []],
    ["price_like=49*", ["Phone"]],
    ["or=stock:3,price_gt:400", ["Case", "Phone"]],
    ["or=stock:3,price_gt:400&category=Phones", ["Phone"]],
    ["or=stock:3,stock:0&or=name:Case,name:Phone", ["Case"]],
    ['or="category_in:Cases,Phones",stock:0', ["Case", "Étui", "Phone"]],
  ])("finds by %s", async (query, found) => {
    expect(await names(query)).toEqual(found);
  });

  it.each([
    ["colour=red", "colour", "has no column “colour”"],
    ["stock_gt=many", "stock", "must be a whole number"],
    ["sort=colour", "sort", "no column “colour” to sort by"],
    ["order=up", "order", "asc or desc"],
    ["limit=0", "limit", "whole number from 1 to 500"],
    ["limit=501", "limit", "whole number from 1 to 500"],
    ["offset=-1", "offset", "must be a whole number"],
    ["stock_in=1,many", "stock", "must be a whole number"],
    ["or=stock", "or", "conditions like"],
    ['or="stock:1', "or", "cannot be read"],
    ['name_in=a,"b', "name_in", "cannot be read"],
    ["or=colour:red", "colour", "has no column “colour”"],
    [`or=${"stock:1,".repeat(20)}stock:1`, "or", "at most 20"],
    ["sort=name,colour", "sort", "no column “colour” to sort by"],
    ["stock=1&stock=2", "stock", "given twice"],
    [`sort=${"name,".repeat(10)}name`, "sort", "at most 10"],
    [`q=${Array.from({ length: 21 }, (_, at) => at).join("+")}`, "q", "at most 20 different words"],
    ["constructor=1", "constructor", "has no column"],
    ["__proto__=1", "__proto__", "has no column"],
  ])("refuses %s with a sentence", async (query, field, words) => {
    const { status, body } = await site.json("GET", `api/db/products?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "bad-input", field });
    expect(body.error.message).toContain(words);
  });
});

it("refuses more conditions than anybody means", async () => {
  const query = Array(6)
    .fill(`or=${"stock:1,".repeat(9)}stock:1`)
    .join("&");
  const { status, body } = await site.json("GET", `api/db/products?${query}`);
  expect([status, body.error.message]).toEqual([400, "A list takes at most 50 conditions."]);
});

it("sorts by several columns, each up or down", async () => {
  for (const [name, stock] of [
    ["b", 1],
    ["a", 1],
    ["c", 2],
  ] as const)
    await site.add("products", { name, stock });
  const sorted = async (sort: string) =>
    (await site.json("GET", `api/db/products?sort=${sort}`)).body.data.map(({ name }) => name);
  expect(await sorted("-stock,name")).toEqual(["c", "a", "b"]);
  expect(await sorted("stock,-name")).toEqual(["b", "a", "c"]);
  expect(await sorted("name&order=asc")).toEqual(["a", "b", "c"]);
});

describe("several rows at once", () => {
  const rows = async () => (await site.json("GET", "api/db/customers?sort=name&order=asc")).body.data;

  it("are added all or none, with what is wrong with each", async () => {
    const good = { name: "Ada", email: "ada@example.org" };
    const refused = await site.json("POST", "api/db/customers", [
      good,
      { name: "" },
      { ...good, name: "Eve" },
    ]);
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      "Nothing was changed. Row 2: “Name” is needed. Row 3: “Email” must be different in every row, and “ada@example.org” is taken.",
    ]);
    expect(await rows()).toEqual([]);
    const { status, body } = await site.json("POST", "api/db/customers", [good, { name: "Bob" }]);
    expect([status, body]).toMatchObject([201, { added: 2, changed: 0, data: [good, { name: "Bob" }] }]);
    expect((await site.json("POST", "api/db/customers", Array(1_001).fill(good))).status).toBe(400);
  });

  it("are changed where a column says that they are there, and added where not", async () => {
    const ada = await site.add("customers", { name: "Ada", email: "ada@example.org", phone: "123 456" });
    const { status, body } = await site.json("POST", "api/db/customers?key=email", [
      { name: "Ada Lovelace", email: "ada@example.org" },
      { name: "Bob", email: "bob@example.org" },
      { name: "No address" },
    ]);
    expect([status, body]).toMatchObject([201, { added: 2, changed: 1 }]);
    expect(await rows()).toMatchObject([
      { id: ada, name: "Ada Lovelace", phone: "123 456" },
      { name: "Bob" },
      { name: "No address" },
    ]);
    const again = await site.json("POST", "api/db/customers?key=id", { id: ada, name: "A. L." });
    expect([again.status, again.body]).toMatchObject([200, { added: 0, changed: 1 }]);
    const own = "00000000-0000-4000-8000-00000000abcd";
    await site.json("POST", "api/db/customers?key=id", [{ id: own, name: "Own id" }]);
    expect((await site.json("GET", `api/db/customers/${own}`)).body.data.name).toBe("Own id");
    await site.add("customers", { name: "Bob" });
    const twice = await site.json("POST", "api/db/customers?key=name", [{ name: "Bob" }]);
    expect(twice.body.error.message).toContain("Several rows have this “name” already.");
    expect((await site.json("POST", "api/db/customers?key=colour", [{ name: "Bob" }])).status).toBe(400);
  });
});

describe("the state that a change is based on", () => {
  it("is the row's ETag: another one refuses to change or delete it, and an unchanged row is not sent again", async () => {
    const path = `api/db/customers/${await site.add("customers", { name: "Ada" })}`;
    const first = (await site.get(path)).headers.get("ETag") ?? expect.fail();
    expect((await site.get(path, { "If-None-Match": first })).status).toBe(304);
    const send = (method: string, match: string, body?: object) =>
      site.ask(method, path, body, { "If-Match": match });
    const changed = await send("PATCH", first, { name: "Ada 2" });
    const second = changed.headers.get("ETag") ?? expect.fail();
    expect([changed.status, second === first]).toEqual([200, false]);
    expect((await site.get(path, { "If-None-Match": first })).status).toBe(200);
    const late = await send("PATCH", first, { name: "Ada 3" });
    expect([late.status, await late.json()]).toMatchObject([412, { error: { code: "changed-meanwhile" } }]);
    expect((await send("DELETE", first)).status).toBe(412);
    expect((await send("PUT", "*", { name: "Ada 4" })).status).toBe(200);
    expect((await send("DELETE", second)).status).toBe(412);
  });

  it("is asked with the method that an address takes, which it says", async () => {
    const refused = await site.ask("DELETE", "api/db/customers");
    expect([refused.status, refused.headers.get("Allow")]).toEqual([405, "GET, POST"]);
  });
});

it("describes itself for this app, with every column and its type", async () => {
  const described = (await (await site.get("api/openapi.json")).json()) as {
    paths: Record<string, object>;
    components: { schemas: Record<string, { properties: Record<string, object>; required: string[] }> };
  };
  expect(Object.keys(described.paths)).toContain("/api/db/products/{id}");
  expect(Object.keys(described.paths["/api/db/products"] ?? {})).toEqual(["get", "post"]);
  const { products } = described.components.schemas;
  expect(products?.required).toEqual(["name"]);
  expect(products?.properties).toMatchObject({
    price: { type: ["number", "null"] },
    is_active: { type: ["boolean", "null"] },
    category: { enum: ["Phones", "Cases", "Chargers", null] },
  });
});

describe("changes", () => {
  it("makes, reads, changes and deletes a row", async () => {
    const made = await site.json("POST", "api/db/customers", { name: "Ada", phone: "+44 20 7946 0018" });
    expect(made.status).toBe(201);
    const path = `api/db/customers/${made.body.data.id}`;
    expect((await site.json("GET", path)).body).toEqual(made.body);
    const changed = await site.json("PUT", path, { name: "Ada Lovelace" });
    expect(changed.body.data).toMatchObject({ name: "Ada Lovelace", phone: "+44 20 7946 0018" });
    expect(changed.body.data.updated_at).not.toBe(made.body.data.updated_at);
    expect((await site.json("DELETE", path)).body).toMatchObject({ success: true, deleted: 1 });
    expect((await site.json("GET", path)).status).toBe(404);
    expect((await site.json("DELETE", path)).status).toBe(404);
  });

  it.each([
    ["customers", { name: "Ada", email: "ada" }, "email", "must be an e-mail address"],
    ["customers", { phone: "1" }, "phone", "must be a phone number"],
    ["customers", { name: "" }, "name", "is needed"],
    ["customers", {}, "name", "is needed"],
    ["customers", { name: { $gt: "" } }, "name", "must be a single value"],
    ["customers", { name: "A\0" }, "name", "cannot be kept"],
    ["customers", { name: "Ada", role: "admin" }, "role", "has no column “role”"],
    ["products", { name: "P", price: 1.005 }, "price", "at most 2 digits"],
    ["products", { name: "P", price: "1e5" }, "price", "must be a number"],
    ["products", { name: "P", stock: 1.5 }, "stock", "whole number"],
    ["products", { name: "P", stock: true }, "stock", "cannot be true or false"],
    ["products", { name: "P", category: "Hats" }, "category", "must be one of"],
    ["products", { name: "P", website: "javascript:alert(1)" }, "website", "web address"],
    ["products", { name: "P", is_active: "perhaps" }, "is_active", "yes or no"],
    ["sales", { quantity: 1, sold_on: "2026-02-30" }, "sold_on", "must be a date"],
    ["repairs", { device: "X", received_at: "2026-03-01T10:00:00Z" }, "received_at", "without a zone"],
    ["repairs", { device: "X", customer: "nobody" }, "customer", "customer that is not there"],
  ])("refuses for %s the row %j", async (table, row, field, words) => {
    const { status, body } = await site.json("POST", `api/db/${table}`, row);
    expect(status).toBe(400);
    expect(body.error.field).toBe(field);
    expect(body.error.message).toContain(words);
    expect(site.errors).toEqual([]);
  });

  it("fills in what a new row begins with", async () => {
    const customer = await site.add("customers", { name: "Ada" });
    const { body } = await site.json("POST", "api/db/repairs", { customer, device: "Phone" });
    expect(body.data).toMatchObject({
      status: "received",
      received_at: expect.stringMatching(/^2026-03-01T\d\d:00:00$/),
    });
  });

  it("keeps unique values unique", async () => {
    const ada = await site.add("customers", { name: "Ada", email: "ada@example.org" });
    const bob = await site.add("customers", { name: "Bob", email: "bob@example.org" });
    const { status, body } = await site.json("PUT", `api/db/customers/${bob}`, { email: "ada@example.org" });
    expect([status, body.error.field]).toEqual([400, "email"]);
    expect((await site.json("PUT", `api/db/customers/${ada}`, { email: "ada@example.org" })).status).toBe(
      200,
    );
    await site.add("customers", { name: "No address" });
    await site.add("customers", { name: "None either" });
  });

  it("refuses a change that was based on an older state", async () => {
    const id = await site.add("customers", { name: "Ada" });
    const { updated_at } = (await site.json("GET", `api/db/customers/${id}`)).body.data;
    // Within the same millisecond.
    site.at.now = Date.parse(String(updated_at));
    await site.json("PUT", `api/db/customers/${id}`, { name: "Ada 2", updated_at });
    const late = await site.json("PUT", `api/db/customers/${id}`, { name: "Ada 3", updated_at });
    expect([late.status, late.body.error.code]).toEqual([409, "conflict"]);
    const odd = await site.json("PUT", `api/db/customers/${id}`, { name: "Ada 4", updated_at: 4 });
    expect([odd.status, odd.body.error.field]).toEqual([400, "updated_at"]);
    expect((await site.json("GET", `api/db/customers/${id}`)).body.data.name).toBe("Ada 2");
  });

  it("keeps a row that others refer to, and says which", async () => {
    const customer = await site.add("customers", { name: "Ada" });
    const repair = await site.add("repairs", { customer, device: "Phone" });
    const { status, body } = await site.json("DELETE", `api/db/customers/${customer}`);
    expect(status).toBe(409);
    expect(body.error.message).toBe(
      "“Ada” cannot be deleted: 1 repair refers to it. Delete or change them first.",
    );
    await site.json("DELETE", `api/db/repairs/${repair}`);
    expect((await site.json("DELETE", `api/db/customers/${customer}`)).status).toBe(200);
  });

  it("takes no form and no broken body for JSON", async () => {
    const form = await site.post("api/db/customers", { name: "Ada" });
    expect(form.status).toBe(400);
    expect(await form.json()).toMatchObject({
      error: { message: expect.stringContaining("application/json") },
    });
    for (const body of [[], ["x"], "x", null])
      expect((await site.json("POST", "api/db/customers", body)).status).toBe(400);
    expect(site.db.prepare("SELECT count(*) FROM customers").pluck().get()).toBe(0);
  });
});

describe("names and values from outside", () => {
  const attacks = [
    "'; DROP TABLE customers; --",
    '" OR 1=1 --',
    "x' UNION SELECT json FROM _app --",
    "%",
    "\\",
    "\u0000",
    "Robert'); DELETE FROM products;",
  ];

  it.each(attacks)("never reach SQL as SQL: %j", async (text) => {
    await site.add("customers", { name: "Ada" });
    const part = encodeURIComponent(text);
    const answers = await Promise.all(
      [
        `api/db/${part}`,
        `api/db/customers/${part}`,
        `api/db/customers?q=${part}`,
        `api/db/customers?sort=${part}`,
        `api/db/customers?${part}=1`,
        `api/db/customers?name=${part}`,
        `api/db/customers?name_gt=${part}`,
        `${part}`,
        `customers/rows/${part}`,
        `customers?q=${part}`,
        `customers?sort=${part}`,
        `customers/choices?by=x&x=${part}`,
        `repairs?customer=${part}`,
        `repairs/new?customer=${part}`,
        `customers/export.csv?q=${part}`,
      ].map((path) => site.get(path)),
    );
    expect(site.errors).toEqual([]);
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
    expect(site.db.prepare("SELECT count(*) FROM customers").pluck().get()).toBe(1);
  });

  it("are kept as they are and shown as text", async () => {
    const name = `<script>alert(1)</script> '"; DROP TABLE customers`;
    const id = await site.add("customers", { name });
    expect((await site.json("GET", `api/db/customers/${id}`)).body.data.name).toBe(name);
    for (const path of ["customers", `customers/rows/${id}`, `customers/rows/${id}/edit`, "repairs/new"]) {
      const page = await (await site.get(path)).text();
      expect(page).toContain("&lt;script&gt;");
      expect(page).not.toContain("<script>alert");
    }
  });
});

it("includes the rows that a row points to, and those that point to it", async () => {
  const customer = await site.add("customers", { name: "Ada" });
  await site.add("customers", { name: "Bo" });
  const product = await site.add("products", { name: "Phone" });
  await site.add("sales", { customer, product, quantity: 2 });
  const read = async (path: string) => (await site.json("GET", `api/db/${path}`)).body;
  expect((await read("sales?include=customer,product")).data).toMatchObject([
    { customer, included: { customer: { name: "Ada" }, product: { name: "Phone" } } },
  ]);
  expect((await read("customers?sort=name&order=asc&include=sales")).data).toMatchObject([
    { name: "Ada", included: { sales: [{ quantity: 2, product }] } },
    { name: "Bo", included: { sales: [] } },
  ]);
  expect((await read(`customers/${customer}?include=sales,repairs`)).data).toMatchObject({
    included: { sales: [{ quantity: 2 }], repairs: [] },
  });
  expect((await read("customers?include=products")).error.message).toBe(
    "“Customers” has nothing called “products” to include.",
  );
  expect((await read("customers?include=")).data[0]).not.toHaveProperty("included");
});
