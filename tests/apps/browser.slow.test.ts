import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planFromDescription } from "#apps/plan/plan.ts";
import type { AppSchema, Table } from "#apps/runtime/schema.ts";
import { complaintsOf, expectAccessible, expectNoSidewaysScroll } from "../browser/browser.ts";
import { launchBrowser } from "../views/browser.ts";
import { fillForm, inOrder } from "./fill.ts";
import { serveApp } from "./serve-app.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

const tableWhere = (schema: AppSchema, fits: (table: Table) => boolean): [string, Table] | undefined =>
  Object.entries(schema.tables).find(([, table]) => fits(table));

const description =
  "An app called “Bike shop” with customers (name needed, email, notes), bikes (name needed, price, bought on: date, is old: yes or no, website, status: available / rented), rentals (customer needed, bike needed, from date, status: out / returned, price = bike.price)";

/** What a finger would miss: links and fields that are less than 44 px high. */
const tooSmall = (page: Page): Promise<string[]> =>
  page
    .locator("main :is(a, button, select, input:not([type=checkbox], [type=hidden])):visible")
    .evaluateAll((all) =>
      all.filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML.slice(0, 80)),
    );

describe("an app in a browser", () => {
  const { schema } = planFromDescription(description);
  let site: Awaited<ReturnType<typeof serveApp>>;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    site = await serveApp(schema);
    context = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    complaints = complaintsOf(page);
  });
  afterAll(async () => {
    await context.close();
    site.close();
  });
  const open = (path: string) => page.goto(`${site.origin}/${path}`);
  const rows = () => page.locator("#rows tbody tr");
  const count = (name: string) => site.db.prepare(`SELECT count(*) FROM "${name}"`).pluck().get();

  it("takes two rows in every table, from the form in its list", async () => {
    for (const word of ["Ruby", "Opal"])
      for (const [name, table] of inOrder(schema)) {
        await open(name);
        await page.getByRole("link", { name: `New ${table.singular.toLowerCase()}`, exact: true }).click();
        const form = page.locator("#fresh form");
        await fillForm(form, table, word);
        if (word === "Ruby") await expectAccessible(page);
        await form.getByRole("button", { name: /^Add / }).click();
        await page.locator("#fresh").getByText("was added").waitFor();
        await expect.poll(() => rows().count()).toBe(word === "Ruby" ? 1 : 2);
        expect(count(name)).toBe(word === "Ruby" ? 1 : 2);
      }
  });

  it("edits a row in its place", async () => {
    const [name, table] = inOrder(schema)[0] ?? ["", undefined];
    if (table === undefined) throw new Error("an app has tables");
    await open(name);
    await rows()
      .last()
      .getByRole("link", { name: /^Edit / })
      .click();
    const form = rows().last().locator("form");
    await fillForm(form, table, "Jade");
    await expectAccessible(page);
    await form.getByRole("button", { name: "Save" }).click();
    await rows()
      .last()
      .getByRole("link", { name: /^Edit / })
      .waitFor();
    await expect.poll(() => rows().last().textContent()).toContain("Jade");
    expect(page.url()).toBe(`${site.origin}/${name}`);
  });

  it("finds by what is typed, and by a filter", async () => {
    const searchable = tableWhere(schema, ({ search, name }) => search.includes(name));
    if (searchable === undefined) throw new Error("an app can be searched");
    await open(searchable[0]);
    await page.getByRole("searchbox", { name: "Search" }).pressSequentially("opal");
    await expect.poll(() => rows().count()).toBe(1);
    expect(await rows().first().textContent()).toContain("Opal");
    expect(page.url()).toContain("q=opal");
    const filtered = tableWhere(schema, (table) =>
      table.filters.some((id) => (table.columns[id]?.options?.length ?? 0) > 1),
    );
    if (filtered === undefined) throw new Error("an app has a filter");
    const [name, table] = filtered;
    const id = table.filters.find((one) => table.columns[one]?.options !== undefined) ?? "";
    const [first = "", second = ""] = table.columns[id]?.options ?? [];
    await open(name);
    await page.locator(`form.filters [name="${id}"]`).selectOption(second);
    await page.getByText("Nothing was found").waitFor();
    await page.locator(`form.filters [name="${id}"]`).selectOption(first);
    await expect.poll(() => rows().count()).toBe(2);
  });

  it("moves a card on the board by its button, by the keyboard alone, and by dragging", async () => {
    const boarded = tableWhere(schema, ({ board }) => board !== null);
    if (boarded === undefined) throw new Error("an app has a board");
    const [name, table] = boarded;
    const lanes = table.columns[table.board ?? ""]?.options ?? [];
    await open(`${name}/board`);
    await expectAccessible(page);
    const lane = (at: number) => page.locator(".lane").nth(at);
    expect(await lane(0).locator("article").count()).toBe(2);
    await lane(0)
      .getByRole("button", { name: `to ${lanes[1]}` })
      .first()
      .click();
    await expect.poll(() => lane(1).locator("article").count()).toBe(1);
    await lane(1)
      .getByRole("button", { name: `back to ${lanes[0]}` })
      .focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => lane(0).locator("article").count()).toBe(2);
    await lane(0)
      .locator("article")
      .first()
      .dragTo(lane(lanes.length - 1));
    await expect
      .poll(() =>
        lane(lanes.length - 1)
          .locator("article")
          .count(),
      )
      .toBe(1);
    const states = site.db.prepare(`SELECT "${table.board}" FROM "${name}"`).pluck().all();
    expect(states.sort()).toEqual([lanes[0], lanes.at(-1)].sort());
  });

  it("deletes a row once it is confirmed, and keeps one that others refer to", async () => {
    const [name] = inOrder(schema).at(-1) ?? [""];
    const remove = async () => {
      await page.getByRole("link", { name: /^Delete this / }).click();
      await page.getByRole("button", { name: /^Delete / }).click();
    };
    await open(name);
    await rows().first().locator("th a").click();
    await page.getByRole("link", { name: /^Delete this / }).click();
    await page.getByRole("link", { name: "Keep it" }).click();
    expect(count(name)).toBe(2);
    await remove();
    await expect.poll(() => rows().count()).toBe(1);
    expect(count(name)).toBe(1);
    const target = Object.values(schema.tables)
      .flatMap(({ columns }) => Object.values(columns))
      .find(({ to, required }) => to !== undefined && required && to !== name)?.to;
    if (target === undefined) return;
    const chosen = site.db
      .prepare(
        inOrder(schema)
          .flatMap(([from, { columns }]) =>
            Object.keys(columns)
              .filter((id) => columns[id]?.to === target)
              .map((id) => `SELECT "${id}" FROM "${from}"`),
          )
          .join(" UNION "),
      )
      .pluck()
      .get();
    complaints.length = 0;
    await open(`${target}/rows/${chosen}`);
    await remove();
    await page.getByText("cannot be deleted").waitFor();
    expect(count(target)).toBe(2);
    // The refusal itself (409) is the one thing that the browser mentions.
    expect(complaints.splice(0)).toEqual([expect.stringContaining("409")]);
  });

  it.each([
    ["light", 1280],
    ["dark", 390],
  ] as const)("has pages that are accessible and fit in %s at %i px", async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 900 });
    const [name, table] = tableWhere(schema, ({ board }) => board !== null) ??
      inOrder(schema)[0] ?? ["", undefined];
    const id = site.db.prepare(`SELECT id FROM "${name}"`).pluck().get();
    const paths = [
      "",
      name,
      `${name}/new`,
      `${name}/import`,
      `${name}/rows/${id}`,
      `${name}/rows/${id}/edit`,
      `${name}/rows/${id}/delete`,
      "nowhere",
    ];
    for (const path of table?.board === null ? paths : [...paths, `${name}/board`]) {
      await open(path);
      if (path !== "nowhere") expect(complaints).toEqual([]);
      complaints.length = 0;
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      if (width < 768) expect([path, await tooSmall(page)]).toEqual([path, []]);
    }
  });

  it("never made the server or the browser complain", () => {
    expect(site.errors).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
