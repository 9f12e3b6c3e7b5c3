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
    ["stock=1&stock=2", "stock", "given twice"],
    ["constructor=1", "constructor", "has no column"],
    ["__proto__=1", "__proto__", "has no column"],
  ])("refuses %s with a sentence", async (query, field, words) => {
    const { status, body } = await site.json("GET", `api/db/products?${query}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "bad-input", field });
    expect(body.error.message).toContain(words);
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
    ["products", { name: "P", price: 1.005 }, "price", "at most two digits"],
    ["products", { name: "P", price: "1e5" }, "price", "at most two digits"],
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
    for (const body of [[], "x", null])
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
