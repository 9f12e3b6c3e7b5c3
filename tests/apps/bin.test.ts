import { expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { askedBy } from "#apps/runtime/asker.ts";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { withoutHistory } from "#apps/runtime/history.ts";
import { repairShop } from "./samples.ts";
import { siteOf, type TestSite } from "./site.ts";

const day = 86_400_000;
const by = <T>(name: string, does: () => T): T => askedBy({ language: null, name }, does);
const bin = async (site: TestSite) => (await site.json("GET", "api/bin")).body.data;

test("a row that was deleted is in the bin with who did it, and comes back as it was under its own id", async () => {
  const site = siteOf(repairShop);
  const id = await site.add("customers", { name: "Ada", phone: "+49 30 1234", notes: "two\nlines" });
  const { body: before } = await site.json("GET", `api/db/customers/${id}`);
  expect((await by("Bob", () => site.post(`customers/rows/${id}/delete`, {}))).status).toBe(303);
  expect((await site.get(`customers/rows/${id}`)).status).toBe(404);
  const page = await (await site.get("_bin")).text();
  expect(page).toMatch(/Ada.*Customers.*Bob/s);
  const [{ seq }] = (await bin(site)) as unknown as [{ seq: number }];
  const back = await site.post(`_bin/${seq}/restore`, {});
  expect([back.status, back.headers.get("Location")]).toEqual([303, `/customers/rows/${id}`]);
  const { body: after } = await site.json("GET", `api/db/customers/${id}`);
  expect({ ...after.data, updated_at: "" }).toEqual({ ...before.data, updated_at: "" });
  expect(await bin(site)).toEqual([]);
  expect((await site.post(`_bin/${seq}/restore`, {})).status).toBe(404);
  expect(site.errors).toEqual([]);
});

test("a row says who changed what of it and when, with names in place of ids and values as people read them", async () => {
  const site = siteOf(repairShop);
  const [ada, bob] = [
    await site.add("customers", { name: "Ada" }),
    await site.add("customers", { name: "Bob" }),
  ];
  const id = await by("Clara", () => site.add("repairs", { customer: ada, device: "Phone" }));
  const state = (await site.json("GET", `api/db/repairs/${id}`)).body.data.updated_at;
  await by("Dan", () => site.post(`repairs/rows/${id}/move`, { lane: "ready", updated_at: String(state) }));
  await by("Eve", () => site.json("PATCH", `api/db/repairs/${id}`, { customer: bob, device: "Phone" }));
  const history = (await site.json("GET", `api/db/repairs/${id}/history`)).body.data;
  expect(history).toMatchObject([
    { by: "Eve", kind: "changed", before: { customer: ada }, after: { customer: bob } },
    { by: "Dan", kind: "changed", before: { status: "received" }, after: { status: "ready" } },
    { by: "Clara", kind: "added" },
  ]);
  const page = await (await site.get(`repairs/rows/${id}`)).text();
  expect(page).toMatch(
    /Eve changed it; Customer: Ada → Bob.*Dan changed it; Status: received → ready.*Clara added it/s,
  );
});

test("what stands against a row that comes back is told, and it stays in the bin", async () => {
  const site = siteOf(repairShop);
  const id = await site.add("customers", { name: "Ada", email: "ada@example.org" });
  await site.json("DELETE", `api/db/customers/${id}`);
  await site.add("customers", { name: "Other", email: "ada@example.org" });
  const [{ seq }] = (await bin(site)) as unknown as [{ seq: number }];
  const { status, body } = await site.json("POST", `api/bin/${seq}/restore`);
  expect([status, body.error.message]).toEqual([409, expect.stringContaining("“ada@example.org” is taken")]);
  expect(await bin(site)).toHaveLength(1);
});

test("a rule holds for what comes back too", async () => {
  const { schema } = planFromDescription(
    "books (title needed, copies needed, lent: whole number = count(loans)), loans (book needed, who needed). Rule for books: lent <= copies, else “All are lent.”".replaceAll(
      /[“”](?=All)|(?<=lent\.)[“”]/g,
      '"',
    ),
  );
  const site = siteOf(schema);
  const book = await site.add("books", { title: "SQL", copies: 1 });
  const loan = await site.add("loans", { book_id: book, who: "Ada" });
  await site.json("DELETE", `api/db/loans/${loan}`);
  await site.add("loans", { book_id: book, who: "Bob" });
  const [{ seq }] = (await bin(site)) as unknown as [{ seq: number }];
  expect((await site.json("POST", `api/bin/${seq}/restore`)).body.error.message).toContain("All are lent.");
});

test("what was deleted longer ago than 30 days is gone from the bin and from the history at the next deletion", async () => {
  const site = siteOf(repairShop);
  const old = await site.add("customers", { name: "Old" });
  await site.json("DELETE", `api/db/customers/${old}`);
  site.at.now += 31 * day;
  const fresh = await site.add("customers", { name: "Fresh" });
  await site.json("DELETE", `api/db/customers/${fresh}`);
  expect(await bin(site)).toMatchObject([{ name: "Fresh" }]);
  expect(site.db.prepare("SELECT count(*) FROM _history WHERE row = ?").pluck().get(old)).toBe(0);
});

test("a row comes back to a table that has other columns by now, as far as they are there", async () => {
  const site = siteOf(repairShop);
  const id = await site.add("customers", { name: "Ada", phone: "12345" });
  await site.json("DELETE", `api/db/customers/${id}`);
  const tables = structuredClone(repairShop.tables);
  delete tables.customers?.columns.phone;
  const changed = checkSchema({
    ...repairShop,
    tables: { ...tables, customers: { ...tables.customers, search: ["name"] } },
  });
  site.db.exec("ALTER TABLE customers DROP COLUMN phone");
  const later = siteOf(changed, "/", site.db);
  const [{ seq }] = (await bin(later)) as unknown as [{ seq: number }];
  expect((await later.json("POST", `api/bin/${seq}/restore`)).body.data).toMatchObject({ id, name: "Ada" });
});

test("whoever may only look gets no bin, and what is handed on has no history in it", async () => {
  const site = siteOf(repairShop, "/", undefined, false);
  expect((await site.get("_bin")).status).toBe(403);
  const full = siteOf(repairShop);
  await full.add("customers", { name: "Ada" });
  withoutHistory(full.db);
  expect(await bin(full)).toEqual([]);
});
