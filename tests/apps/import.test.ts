import { beforeEach, expect, test } from "vitest";
import { repairShop } from "./samples.ts";
import { type Answer, siteOf, type TestSite } from "./site.ts";

let site: TestSite;
beforeEach(() => {
  site = siteOf(repairShop);
});

/** Sends the form of the preview as it stands, but for `given`. */
const press = async (table: string, csv: string, does: string, given: Record<string, string> = {}) => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ csv, does, ...given })) form.set(name, value);
  const answer = await site.send(`${table}/import`, form);
  return { status: answer.status, page: await answer.text() };
};
const all = async (table: string) =>
  (await site.json("GET", `api/db/${table}?sort=name&order=asc`)).body.data;

const german = "Kunde;Telefon;Bemerkung;Kunde\nAda;12345;gut;1\nBob;67890;;2\n";

test("a file whose headings mean nothing here is mapped column by column, and what is left out is said", async () => {
  const look = await press("customers", german, "look");
  expect(look.page).toContain("Say below where each column of the file goes.");
  expect(look.page).not.toContain(">Add");
  const map = { "map.0": "name", "map.1": "phone", "map.2": "notes", "map.3": "" };
  const again = await press("customers", german, "look", map);
  expect(again.page).toContain("2 customers can be added");
  expect(again.page).toMatch(/<option value="phone" selected[^>]*>Phone/);
  expect((await press("customers", german, "add", map)).status).toBe(303);
  expect(await all("customers")).toMatchObject([
    { name: "Ada", phone: "12345", notes: "gut" },
    { name: "Bob", phone: "67890", notes: null },
  ]);
  expect(site.errors).toEqual([]);
});

test("rows that are there with the same key are changed and the others added; importing twice doubles nothing", async () => {
  await site.add("customers", { name: "Ada", email: "ada@example.org", phone: "111111", notes: "old" });
  const csv = "Name,Email,Phone\nAda L.,ada@example.org,\nBob,bob@example.org,222222\nNobody,,\n";
  const look = await press("customers", csv, "look", { key: "email" });
  expect(look.page).toContain("2 customers can be added, 1 that is there would be changed");
  expect(await all("customers")).toHaveLength(1);
  await press("customers", csv, "add", { key: "email" });
  expect(await all("customers")).toMatchObject([
    { name: "Ada L.", phone: null, notes: "old" },
    { name: "Bob", phone: "222222" },
    { name: "Nobody", email: null },
  ]);
  const twice = await site.sendText("api/db/customers/import?key=email", csv.replace("Nobody,,\n", ""));
  expect(await twice.json()).toMatchObject({ imported: 2, changed: 2 });
  expect(await all("customers")).toHaveLength(3);
});

test("a row is found by its id, keeps its references, and says in its history what a file changed", async () => {
  const customer = await site.add("customers", { name: "Ada" });
  const id = await site.add("repairs", { customer, device: "Phone" });
  const csv = await (await site.get("repairs/export.csv")).text();
  const changed = await site.sendText("api/db/repairs/import?key=id", csv.replace("Phone", "Tablet"));
  expect(await changed.json()).toMatchObject({ imported: 1, changed: 1 });
  expect((await site.json("GET", `api/db/repairs/${id}`)).body.data).toMatchObject({
    customer,
    device: "Tablet",
  });
  const [last] = (await site.json("GET", `api/db/repairs/${id}/history`)).body.data;
  expect(last).toMatchObject({ kind: "changed", before: { device: "Phone" }, after: { device: "Tablet" } });
});

test.each([
  ["no such key", "nothing", "has no column “nothing”"],
  ["a key that is not in the file", "phone", "This file has no column for “Phone”"],
])("%s is told", async (_, key, why) => {
  const answer = await site.sendText(`api/db/customers/import?key=${key}`, "name\nAda\n");
  expect(((await answer.json()) as Answer).error.message).toContain(why);
});

test("a key that several rows have changes none of them, and the row is told", async () => {
  await site.add("customers", { name: "Ada", phone: "111111" });
  await site.add("customers", { name: "Eve", phone: "111111" });
  const answer = await site.sendText("api/db/customers/import?key=phone", "name,phone\nX,111111\n");
  expect(((await answer.json()) as Answer).error.message).toContain(
    "Several rows are there that this may mean.",
  );
  expect((await all("customers")).map(({ name }) => name)).toEqual(["Ada", "Eve"]);
});

test("two headings for one column: the first goes there until somebody says otherwise", async () => {
  const csv = "Name,name\nAda,Bob\n";
  const look = await press("customers", csv, "look");
  expect(look.page).toContain("These columns are left out: name.");
  const answer = await site.sendText("api/db/customers/import", csv);
  expect(((await answer.json()) as Answer).error.message).toContain("is there twice");
  await press("customers", csv, "add", { "map.0": "", "map.1": "name" });
  expect(await all("customers")).toMatchObject([{ name: "Bob" }]);
});
