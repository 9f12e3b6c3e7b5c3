import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { complaintsOf, expectAccessible } from "../browser/browser.ts";
import { launchBrowser } from "../views/browser.ts";
import { repairShop } from "./samples.ts";
import { serveApp } from "./serve-app.ts";

let browser: Browser;
let site: Awaited<ReturnType<typeof serveApp>>;
let context: BrowserContext;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await serveApp(repairShop);
  context = await browser.newContext({ reducedMotion: "reduce" });
  page = await context.newPage();
  complaints = complaintsOf(page);
});
afterEach(async () => {
  await context.close();
  site.close();
});

const add = async (name: string): Promise<void> => {
  const answer = await fetch(`${site.origin}/api/db/customers`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
  expect(answer.status).toBe(201);
};

it("finds one of many rows for a reference by typing a part of its name", async () => {
  for (let at = 0; at < 130; at++) await add(`Person ${String(at).padStart(3, "0")}`);
  await page.goto(`${site.origin}/repairs/new`);
  const picker = page.getByRole("combobox", { name: "Customer" });
  const offered = () => page.locator("#fresh-customer-list option");
  expect(await offered().count()).toBe(101);
  await picker.pressSequentially("son 12");
  await expect.poll(() => offered().count()).toBe(10);
  await picker.fill("Person 129");
  await page.getByLabel("Device").fill("Phone");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add repair" }).click();
  await page.getByRole("link", { name: "Person 129" }).waitFor();
  expect(complaints).toEqual([]);
});

it("shows what others add without a reload, but nothing moves under the hands of who edits", async () => {
  await add("Ada");
  await page.clock.install();
  await page.goto(`${site.origin}/customers`);
  const rows = page.locator("#rows tbody tr");
  await add("Grace");
  await page.clock.runFor(31_000);
  await expect.poll(() => rows.count()).toBe(2);
  await page.getByRole("link", { name: "Edit Ada" }).click();
  // The clock of this page only goes on when told to, and htmx waits on it.
  await page.clock.runFor(1000);
  await page.locator("tr.editing").getByLabel("Name").fill("Ada, half typed");
  await add("Katherine");
  await page.getByRole("heading", { name: "Customers" }).click();
  await page.clock.runFor(61_000);
  expect(await rows.count()).toBe(2);
  expect(await page.locator("tr.editing").getByLabel("Name").inputValue()).toBe("Ada, half typed");
  await page.locator("tr.editing").getByRole("link", { name: "Cancel" }).click();
  await page.clock.runFor(1000);
  await page.locator("tr.editing").waitFor({ state: "detached" });
  await page.getByRole("heading", { name: "Customers" }).click();
  await page.clock.runFor(31_000);
  await expect.poll(() => rows.count()).toBe(3);
  expect(complaints).toEqual([]);
});

it("turns a row into a form by a double click", async () => {
  await add("Ada");
  await page.goto(`${site.origin}/customers`);
  await page.locator("#rows tbody td").first().dblclick();
  await page.locator("tr.editing").getByLabel("Name").waitFor();
});

it("is worked by the keyboard alone: the focus stays where one goes on", async () => {
  const focused = () =>
    page.evaluate<string>(
      "document.activeElement.getAttribute('aria-label') ?? document.activeElement.name ?? document.activeElement.textContent",
    );
  await page.goto(`${site.origin}/customers`);
  await page.getByRole("link", { name: "New customer" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("name");
  await page.keyboard.type("Ada");
  await page.keyboard.press("Enter");
  await page.getByText("was added").waitFor();
  await expect.poll(() => page.evaluate("document.activeElement.textContent.trim()")).toBe("Ada");
  await page.getByRole("link", { name: "Edit Ada" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("name");
  await page.keyboard.press("End");
  await page.keyboard.type(" Lovelace");
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("Edit Ada Lovelace");
  await page.goto(`${site.origin}/repairs/new`);
  await page.getByLabel("Customer").selectOption({ label: "Ada Lovelace" });
  await page.getByLabel("Device").fill("Phone");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Phone" }).waitFor();
  await page.goto(`${site.origin}/repairs/board`);
  await page.getByRole("button", { name: "Move Phone to in repair" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("Move Phone to ready");
  await page.keyboard.press("Enter");
  await expect.poll(focused).toBe("Move Phone to collected");
  expect(complaints).toEqual([]);
});
