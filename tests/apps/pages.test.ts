import { beforeEach, describe, expect, it } from "vitest";
import { checkSchema } from "#apps/runtime/check-schema.ts";
import { repairShop } from "./samples.ts";
import { siteOf, type TestSite } from "./site.ts";

let site: TestSite;
beforeEach(() => {
  site = siteOf(repairShop);
});

const text = async (path: string, headers: Record<string, string> = {}) =>
  (await site.get(path, headers)).text();
const htmx = { "HX-Request": "true" };
const row = async (table: string, id: string) => (await site.json("GET", `api/db/${table}/${id}`)).body.data;

describe("without JavaScript", () => {
  it("adds, changes and deletes a row by plain forms", async () => {
    const typed = { name: "Ada", phone: "12345", email: "", notes: "a\r\nb" };
    const added = await site.post("customers", { ...typed, button: "not a column" });
    expect(added.status).toBe(303);
    const path = String(added.headers.get("Location")).slice(1);
    const id = path.split("/").at(-1) ?? "";
    expect(await row("customers", id)).toMatchObject({ name: "Ada", email: null, notes: "a\nb" });
    expect(await text(path)).toContain("12345");
    const updated_at = String((await row("customers", id)).updated_at);
    const changed = await site.post(`${path}/edit`, {
      name: "Ada L.",
      phone: "",
      email: "",
      notes: "",
      updated_at,
    });
    expect(changed.headers.get("Location")).toBe(`/${path}`);
    expect(await text("customers")).toContain("Ada L.");
    expect(await text(`${path}/delete`)).toContain("brought back for 30 days");
    expect((await site.post(`${path}/delete`, {})).headers.get("Location")).toBe("/customers");
    expect((await site.get(path)).status).toBe(404);
  });

  it("says what is wrong beside each input and keeps what was typed", async () => {
    const answer = await site.post("customers", { name: "", phone: "1", email: "ada", notes: "keep me" });
    const page = await answer.text();
    expect(answer.status).toBe(422);
    for (const words of [
      "“Name” is needed.",
      "must be a phone number",
      "must be an e-mail address",
      "keep me",
    ])
      expect(page).toContain(words);
    expect(page).toMatch(/<input[^>]*value="ada"[^>]*>/);
    expect(site.db.prepare("SELECT count(*) FROM customers").pluck().get()).toBe(0);
  });

  it("searches, filters, sorts and pages by its address alone", async () => {
    for (let at = 0; at < 30; at++)
      await site.add("products", {
        name: `Product ${String(at).padStart(2, "0")}`,
        category: at % 2 === 0 ? "Cases" : "Phones",
      });
    const first = await text("products?q=product&category=Cases&is_active=&sort=name&order=asc");
    expect(first).toContain("Product 00");
    expect(first).not.toContain("Product 01");
    const all = await text("products?sort=name&order=asc");
    expect(all).toContain("1–25 of 30 products");
    const next = /rel="next" href="\/([^"]+)"/.exec(all)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(await text(next)).toContain("26–30 of 30 products");
    expect(await text("products?q=nothing+like+this")).toContain("Nothing was found");
    expect(await (await site.get("products?colour=red")).text()).toContain("has no column “colour”");
  });
});

describe("an edit that is too late", () => {
  it("is refused, shows what changed, keeps what was typed, and may then be saved", async () => {
    const id = await site.add("customers", { name: "Ada", phone: "12345", notes: "old" });
    const { updated_at } = await row("customers", id);
    await site.json("PUT", `api/db/customers/${id}`, { phone: "99999" });
    const mine = { name: "Ada", phone: "12345", email: "", notes: "my notes" };
    const late = await site.post(`customers/rows/${id}/edit`, { ...mine, updated_at: String(updated_at) });
    const page = await late.text();
    expect(late.status).toBe(409);
    expect(page).toContain("Somebody changed “Ada”");
    expect(page).toMatch(/Phone: *<strong>99999/);
    expect(page).toMatch(/Notes: *<strong>old/);
    expect(page).not.toMatch(/Name: *<strong>/);
    expect(page).toContain("my notes");
    expect(await row("customers", id)).toMatchObject({ phone: "99999", notes: "old" });
    const now = /name="updated_at" value="([^"]+)"/.exec(page)?.[1] ?? "";
    expect((await site.post(`customers/rows/${id}/edit`, { ...mine, updated_at: now })).status).toBe(303);
    expect(await row("customers", id)).toMatchObject({ phone: "12345", notes: "my notes" });
  });
});

describe("in the list", () => {
  it("turns a row into a form and back", async () => {
    const id = await site.add("products", { name: "Case", price: 10, is_active: true });
    const form = await text(`products/rows/${id}/edit?in=line`, htmx);
    expect(form).toMatch(/^<tr id="row-/);
    const { updated_at } = await row("products", id);
    const saved = await site.post(
      `products/rows/${id}/edit?in=line`,
      {
        name: "Case",
        price: "12,50",
        stock: "3",
        is_active: "no",
        category: "",
        min_stock: "",
        website: "",
        updated_at: String(updated_at),
      },
      htmx,
    );
    expect(saved.status).toBe(200);
    expect(await saved.text()).toContain("12.50");
    expect(await row("products", id)).toMatchObject({ price: 12.5, stock: 3, is_active: false });
  });

  it("tells the list that a row was added, and why one was not deleted", async () => {
    const added = await site.post("customers?in=list", { name: "Ada" }, htmx);
    expect(added.headers.get("HX-Trigger")).toBe("rows-changed");
    const { data } = (await site.json("GET", "api/db/customers")).body;
    const id = String(data[0]?.id);
    await site.add("repairs", { customer: id, device: "Phone" });
    const refused = await site.post(`customers/rows/${id}/delete`, {}, htmx);
    expect(refused.status).toBe(409);
    expect(await refused.text()).toContain("1 repair refers to it");
  });
});

describe("references", () => {
  it("are chosen from a select while there are few rows, and typed when there are many", async () => {
    const ada = await site.add("customers", { name: "Ada" });
    expect(await text("repairs/new")).toContain(`<option value="${ada}">Ada</option>`);
    expect(await text(`repairs/new?customer=${ada}`)).toMatch(new RegExp(`<option value="${ada}" selected`));
    for (let at = 0; at < 120; at++) await site.add("customers", { name: `Customer ${at}` });
    expect(await text("repairs/new")).toContain("<datalist");
    expect(await text("customers/choices?by=customer&customer=mer+119", htmx)).toBe(
      '<option value="Customer 119"></option>',
    );
    const added = await site.post("repairs", { customer: "customer 7", device: "Phone", status: "received" });
    expect(added.status).toBe(303);
    expect(await text("repairs?customer=Customer+7")).toContain("Phone");
    expect(await text("repairs?customer=Customer+8")).not.toContain("Phone");
  });

  it("ask which one is meant when a typed name is no row's, or several rows'", async () => {
    await site.add("customers", { name: "Ada" });
    const second = await site.add("customers", { name: "Ada" });
    const several = await site.post("repairs", { customer: "Ada", device: "Phone", status: "received" });
    expect(await several.text()).toContain("several customers called “Ada”");
    const none = await site.post("repairs", { customer: "Bob", device: "Phone", status: "received" });
    expect(await none.text()).toContain("does not know a customer “Bob”");
    const told = await site.post("repairs", {
      customer: `Ada [${second}]`,
      device: "Phone",
      status: "received",
    });
    expect(told.status).toBe(303);
    expect((await site.json("GET", `api/db/repairs?customer=${second}`)).body.total).toBe(1);
  });

  it("show the rows that refer to a row on its page, and begin new ones for it", async () => {
    const ada = await site.add("customers", { name: "Ada" });
    for (let at = 0; at < 12; at++) await site.add("repairs", { customer: ada, device: `Phone ${at}` });
    const page = await text(`customers/rows/${ada}`);
    expect(page).toContain("All 12 repairs");
    expect(page).toContain(`/repairs/new?customer=${ada}`);
    expect(page).toContain("New sale for Ada");
  });
});

describe("the board", () => {
  it("moves a card, also without JavaScript, but never over somebody else's change", async () => {
    const customer = await site.add("customers", { name: "Ada" });
    const id = await site.add("repairs", { customer, device: "Phone" });
    expect(await text("repairs/board")).toContain("→ in repair");
    const { updated_at } = await row("repairs", id);
    const moved = await site.post(`repairs/rows/${id}/move`, {
      lane: "in repair",
      updated_at: String(updated_at),
    });
    expect(moved.headers.get("Location")).toBe("/repairs/board");
    expect(await row("repairs", id)).toMatchObject({ status: "in repair" });
    const late = await site.post(`repairs/rows/${id}/move`, {
      lane: "ready",
      updated_at: String(updated_at),
    });
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("changed by somebody else");
    const { updated_at: newer } = await row("repairs", id);
    const nowhere = await site.post(`repairs/rows/${id}/move`, { lane: "mars", updated_at: String(newer) });
    expect(nowhere.status).toBe(400);
    expect(await row("repairs", id)).toMatchObject({ status: "in repair" });
  });

  it("shows rows whose lane is not among the options any more", async () => {
    const customer = await site.add("customers", { name: "Ada" });
    await site.add("repairs", { customer, device: "Old phone" });
    site.db.exec("UPDATE repairs SET status = 'on the moon'");
    const page = await text("repairs/board");
    expect(page).toContain("on the moon");
    expect(page).toContain("Old phone");
    expect(page).not.toContain("← on the moon");
  });

  it("is only there for tables that have one", async () => {
    expect((await site.get("customers/board")).status).toBe(404);
  });
});

describe("the first page", () => {
  it("tells what is low and what came in today", async () => {
    await site.add("products", { name: "Low", stock: 2, min_stock: 2 });
    await site.add("products", { name: "Enough", stock: 3, min_stock: 2 });
    await site.add("products", { name: "No limit", stock: 0 });
    site.at.now += 24 * 3_600_000;
    await site.add("customers", { name: "Ada" });
    const page = await text("");
    expect(page).toContain("1 product is low:");
    expect(page).toMatch(/>Low<\/a>: Stock 2, Lowest stock 2/);
    expect(page).not.toContain("Enough");
    expect(page).toContain("Added today: 1 customer.");
  });
});

it("names rows after rows that are named after others, even in circles", async () => {
  const circular = siteOf(
    checkSchema({
      app: "circle",
      title: "Circle",
      tables: Object.fromEntries(
        [
          ["hens", "eggs"],
          ["eggs", "hens"],
        ].map(([name = "", to = ""]) => [
          name,
          {
            title: name,
            singular: name.slice(0, -1),
            columns: { origin: { type: "reference", label: "Origin", to } },
            name: "origin",
            search: [],
            filters: ["origin"],
            board: null,
            alert: null,
          },
        ]),
      ),
    }),
  );
  const hen = await circular.add("hens", {});
  const egg = await circular.add("eggs", { origin: hen });
  await circular.json("PUT", `api/db/hens/${hen}`, { origin: egg });
  for (const path of ["", "hens", `hens/rows/${hen}`, `hens/rows/${hen}/edit`, "eggs?sort=origin"])
    expect((await circular.get(path)).status).toBe(200);
  expect((await circular.json("DELETE", `api/db/hens/${hen}`)).status).toBe(409);
});
