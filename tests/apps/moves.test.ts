import { expect, test } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import { siteOf } from "./site.ts";

const shop = (...rules: string[]) =>
  planFromDescription(
    `Products (name needed, stock needed). Lendings (product needed, quantity needed starting at 1, status: reserved / in use / returned, back on: date, note: text). ${rules
      .map((rule) => `Rule for ${rule}`)
      .join("\n")}`,
  ).schema;
const setting = shop(
  `lendings: status moves reserved > in use > returned, reserved > returned.`,
  `lendings: status to in use sets product.stock = product.stock - quantity.`,
  `lendings: status to returned sets back_on = today() and product.stock = product.stock + quantity and note = 'back: ' & note.`,
  `products: stock >= 0, else "There is not enough in stock."`,
);

const open = async () => {
  const site = siteOf(setting);
  const product = await site.add("products", { name: "Drill", stock: 5 });
  const read = async (path: string) => (await site.json("GET", `api/db/${path}`)).body.data;
  const lend = (row: object) => site.add("lendings", { product_id: product, quantity: 2, ...row });
  return { site, product, read, lend };
};

test("a move sets what its rule says, in the row and in the one that it points to, once, and both say so in their history", async () => {
  const { site, product, read, lend } = await open();
  const id = await lend({ note: "for Ada" });
  await site.json("PATCH", `api/db/lendings/${id}`, { status: "in use" });
  expect(await read(`products/${product}`)).toMatchObject({ stock: 3 });
  await site.json("PATCH", `api/db/lendings/${id}`, { status: "in use", note: "for Bob" });
  expect(await read(`products/${product}`)).toMatchObject({ stock: 3 });
  const state = String((await read(`lendings/${id}`)).updated_at);
  expect((await site.post(`lendings/rows/${id}/move`, { lane: "returned", updated_at: state })).status).toBe(
    303,
  );
  expect(await read(`products/${product}`)).toMatchObject({ stock: 5 });
  const lending = await read(`lendings/${id}`);
  expect(lending).toMatchObject({ status: "returned", note: "back: for Bob" });
  expect(lending.back_on).toMatch(/^\d{4}-\d\d-\d\d$/);
  const [last] = await read(`lendings/${id}/history`);
  expect(last).toMatchObject({
    after: { status: "returned", note: "back: for Bob", back_on: lending.back_on },
  });
  expect(await read(`products/${product}/history`)).toMatchObject([
    { before: { stock: 3 }, after: { stock: 5 } },
    { before: { stock: 5 }, after: { stock: 3 } },
    { kind: "added" },
  ]);
  expect(site.errors).toEqual([]);
});

test("a row that begins in a state has come there too, by a form, by the API and by a file", async () => {
  const { site, product, read, lend } = await open();
  await lend({ status: "in use" });
  await site.post("lendings", { product_id: product, quantity: "1", status: "in use" });
  await site.sendText(
    "api/db/lendings/import",
    "Product,Quantity,Status\nDrill,1,in use\nDrill,1,reserved\n",
  );
  expect(await read(`products/${product}`)).toMatchObject({ stock: 1 });
});

test("what is set keeps the rules of the row that it is set in: else nothing of the move is kept", async () => {
  const { site, product, read, lend } = await open();
  const id = await lend({ quantity: 6 });
  const { status, body } = await site.json("PATCH", `api/db/lendings/${id}`, { status: "in use" });
  expect([status, body.error.message]).toEqual([
    400,
    expect.stringContaining("There is not enough in stock."),
  ]);
  expect(await read(`products/${product}`)).toMatchObject({ stock: 5 });
  expect(await read(`lendings/${id}`)).toMatchObject({ status: "reserved" });
  expect(await read(`products/${product}/history`)).toHaveLength(1);
});

test.each([
  ["status to lost sets note = 'x'", "has no choice “lost”"],
  ["status to returned sets nowhere = 1", "has no column “nowhere”"],
  ["status to returned sets status.stock = 1", "points to no other table"],
  ["status to returned sets product.nothing = 1", "has no column “nothing”"],
  ["status to returned sets today()", "sets nothing"],
  ["status to returned sets note = product.nothing", "has no column “nothing”"],
])("the rule “%s” is refused with why", (rule, why) => {
  expect(() => shop(`lendings: ${rule}.`)).toThrow(why);
});

test("what does not fit the column that it is set in stands against the move", async () => {
  const site = siteOf(shop(`lendings: status to returned sets back_on = 'soon'.`));
  const product_id = await site.add("products", { name: "Drill", stock: 5 });
  const { body } = await site.json("POST", "api/db/lendings", { product_id, status: "returned" });
  expect(body.error.message).toContain("“Back on” must be a date");
});
