import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createAppRegistry } from "#apps/registry.ts";
import { repairShop } from "../apps/samples.ts";
import { unzip } from "../apps/unzip.ts";
import { type ServerProcess, startServer } from "../main/server-process.ts";
import { launchBrowser } from "../views/browser.ts";
import { complaintsOf, expectAccessible, expectNoSidewaysScroll, signInBy } from "./browser.ts";

let dataDir: string;
let server: ServerProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-apps-"));
  [server, browser] = await Promise.all([startServer(dataDir, { sampleSite: false }), launchBrowser()]);
  // The server runs already: an app that another process makes appears all the same.
  const registry = createAppRegistry({ folder: join(dataDir, "apps"), now: () => Date.now() });
  registry.create(repairShop, "run-1");
  registry.close();
  context = await browser.newContext({ reducedMotion: "reduce" });
  page = await context.newPage();
  complaints = complaintsOf(page);
  await signInBy(page, server.link);
});
afterAll(async () => {
  await browser.close();
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

it("is opened from Milepost, used there, and leads back", async () => {
  await page.getByRole("link", { name: "Apps", exact: true }).click();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole("link", { name: "Open Repair shop" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Customers" }).click();
  await page.getByRole("link", { name: "New customer" }).click();
  const form = page.locator("#fresh form");
  await form.getByLabel("Name").fill("Ada");
  await form.getByRole("button", { name: "Add customer" }).click();
  await page.locator("#rows").getByRole("link", { name: "Ada", exact: true }).waitFor();
  await page.locator("#rows").getByRole("link", { name: "Edit Ada" }).click();
  await page.locator("tr.editing").getByLabel("Phone").fill("1");
  await page.locator("tr.editing").getByRole("button", { name: "Save" }).click();
  await page.locator("tr.editing .wrong").getByText("must be a phone number").waitFor();
  await page.locator("tr.editing").getByLabel("Phone").fill("+44 161 496 0123");
  await page.locator("tr.editing").getByRole("button", { name: "Save" }).click();
  await page.locator("#rows").getByText("+44 161 496 0123").waitFor();
  // The refusal of the phone number (422) is the one thing that the browser mentions.
  expect(complaints.splice(0)).toEqual([expect.stringContaining("422")]);
  await page.getByRole("link", { name: "Milepost" }).click();
  await page.getByText("Customers (1)").waitFor();
});

it("takes a CSV file, shows what it would do, and does it", async () => {
  await page.goto(`${server.origin}/apps/repair-shop/customers/import`);
  const csv = 'Name,Notes\nGrace,"two\nlines"\nKatherine,\n';
  await page
    .getByLabel("CSV file")
    .setInputFiles({ name: "c.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Read the file" }).click();
  await page.getByText("All 2 rows fit.").waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add 2 rows" }).click();
  await page.getByRole("link", { name: "Open the table" }).click();
  await page.getByText("3 customers").waitFor();
  const answer = await server.api("GET", "/apps/repair-shop/api/db/customers?name=Grace");
  expect(await answer.json()).toMatchObject({ total: 1, data: [{ notes: "two\nlines" }] });
});

it("works without JavaScript, down to the question before a deletion", async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  await plain.addCookies(await context.cookies());
  const quiet = await plain.newPage();
  await quiet.goto(`${server.origin}/apps/repair-shop/customers`);
  await quiet.getByRole("searchbox", { name: "Search" }).fill("kath");
  await quiet.getByRole("button", { name: "Search" }).click();
  await quiet.getByText("1 customer").waitFor();
  await quiet.getByRole("link", { name: "Edit Katherine" }).click();
  await quiet.getByLabel("Name").fill("Katherine J.");
  await quiet.getByRole("button", { name: "Save" }).click();
  await quiet.getByRole("heading", { name: "Katherine J." }).waitFor();
  await quiet.getByRole("link", { name: "Delete" }).click();
  await quiet.getByRole("button", { name: "Delete customer" }).click();
  await quiet.getByText("2 customers").waitFor();
  await expectNoSidewaysScroll(quiet);
  await plain.close();
});

it("is downloaded with its data, and deleted only when that is confirmed", async () => {
  await page.goto(`${server.origin}/apps`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download Repair shop" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("repair-shop.zip");
  const files = await unzip(await buffer(await download.createReadStream()));
  expect(files.get("repair-shop/data/app.sqlite")?.includes("Grace")).toBe(true);
  await page.getByText("Remove…").click();
  await expectAccessible(page);
  await page.getByRole("button", { name: /^Yes, remove the app/ }).click();
  await page.getByText("No apps yet.").waitFor();
  const gone = await server.api("GET", "/apps/repair-shop/api/db/customers");
  expect(gone.status).toBe(404);
  expect(complaints).toEqual([]);
});
