import { beforeEach, expect, test } from "vitest";
import { repairShop } from "./samples.ts";
import { type Answer, siteOf, type TestSite } from "./site.ts";

let site: TestSite;
beforeEach(() => {
  site = siteOf(repairShop);
});

const all = async (table: string) =>
  (await site.json("GET", `api/db/${table}?sort=name&order=asc`)).body.data;

test("rows that are there with the same key are changed and the others added; importing twice doubles nothing", async () => {
  await site.add("customers", { name: "Ada", email: "ada@example.org", phone: "111111", notes: "old" });
  const csv = "Name,Email,Phone\nAda L.,ada@example.org,\nBob,bob@example.org,222222\nNobody,,\n";
  const once = await site.sendText("api/db/customers/import?key=email", csv);
  expect(await once.json()).toMatchObject({ imported: 3, changed: 1 });
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

test("two headings for one column are refused, since nobody can say which is meant", async () => {
  const answer = await site.sendText("api/db/customers/import", "Name,name\nAda,Bob\n");
  expect(((await answer.json()) as Answer).error.message).toContain("is there twice");
  expect(await all("customers")).toEqual([]);
});
