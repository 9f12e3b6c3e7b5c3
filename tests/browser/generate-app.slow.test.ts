import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../main/server-process.ts";
import { launchBrowser } from "../views/browser.ts";
import { complaintsOf, expectAccessible, expectNoSidewaysScroll, signInBy } from "./browser.ts";

let dataDir: string;
let server: ServerProcess;
let browser: Browser;
let signedIn: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-browser-apps-"));
  [server, browser] = await Promise.all([startServer(dataDir, { sampleSite: false }), launchBrowser()]);
  signedIn = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
  const page = await signedIn.newPage();
  await signInBy(page, server.link);
  await page.close();
});
afterAll(async () => {
  await browser.close();
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

const at = (path: string) => new URL(path, server.origin).href;

const describeApp = async (page: Page, description: string, title: string): Promise<void> => {
  await page.goto(at("/workflows/generate-app"));
  await page.getByLabel("What should the app keep?").fill(description);
  await page.getByLabel("Title").fill(title);
  await page.getByRole("button", { name: "Plan the app" }).click();
  await page.getByRole("button", { name: "Make this app" }).waitFor();
};

test("a person describes an app, changes its plan, agrees to it, and uses it", async () => {
  const page = await signedIn.newPage();
  const complaints = complaintsOf(page);
  await page.goto(at("/workflows/generate-app"));
  await expectAccessible(page);
  await describeApp(
    page,
    "a CRM for my bike shop: customers (name needed, phone, email, address, notes), bikes (name), repairs (customer, bike, status: received / ready)",
    "Bike shop",
  );
  // Not in what is folded above it.
  await page.locator('form.ask input[name="title"]:focus').waitFor();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.getByText(/^Customers: /).click();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole("button", { name: "Add a column to Customers" }).click();
  const label = page.locator("input[name='t0.c5.label']");
  await label.waitFor();
  await label.fill("Birthday");
  await page.locator("select[name='t0.c5.type']").selectOption({ label: "Date" });
  await page.getByRole("button", { name: "Make this app" }).click();

  await page.getByRole("link", { name: "Open the app" }).waitFor();
  await expectAccessible(page);
  await page.getByText("Repair board").first().waitFor();
  await page.getByRole("link", { name: "Change it" }).click();
  expect(await page.getByLabel("App", { exact: true }).inputValue()).toBe("bike-shop");
  await page.goBack();
  await page.getByRole("link", { name: "Open the app" }).click();

  await page.waitForURL(at("/apps/bike-shop/"));
  await page.goto(at("/apps/bike-shop/customers/new"));
  await page.locator("input[name=name]").fill("Ada");
  await page.locator("input[name=birthday]").fill("1990-12-10");
  await page.locator("main form").getByRole("button", { name: /^Add / }).click();
  await page.getByText("Ada").first().waitFor();
  expect(complaints).toEqual([]);
  await page.close();
});

test("without JavaScript an app is planned, changed button by button and made", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await context.addCookies(await signedIn.cookies());
  const page = await context.newPage();
  await describeApp(page, "plants (name), waterings (plant, date)", "Garden");
  await page.getByRole("button", { name: "Add a table" }).click();
  await page.locator("input[name='t2.title']").fill("Beds");
  await page.getByRole("button", { name: "Make this app" }).click();
  await page.getByRole("link", { name: "Open the app" }).waitFor();
  await page.goto(at("/apps/garden/beds"));
  await page.getByRole("heading", { name: "Beds" }).waitFor();
  await context.close();
});

test("a vague description is asked about on the form, with what was typed still there", async () => {
  const page = await signedIn.newPage();
  await page.goto(at("/workflows/generate-app"));
  await page.getByLabel("What should the app keep?").fill("make me something nice");
  await page.getByRole("button", { name: "Plan the app" }).click();
  await page.getByText("Which things should the app keep, and what is known of each?").first().waitFor();
  expect(await page.getByLabel("What should the app keep?").inputValue()).toBe("make me something nice");
  await page.close();
});

test("a server that is killed while it asks still asks, with the same plan, after it is back", async () => {
  const page = await signedIn.newPage();
  await describeApp(page, "llamas (name), feedings (llama, date)", "Llamas");
  const run = new URL(page.url()).pathname;
  await server.kill();
  server = await startServer(dataDir, { sampleSite: false });
  await signInBy(page, server.link);
  await page.goto(at(run));
  await page.getByText(/^Feedings: /).waitFor();
  await page.getByRole("button", { name: "Make this app" }).click();
  await page.getByRole("link", { name: "Open the app" }).waitFor();
  await page.close();
});

test("a change is shown statement by statement before it is made, and undone", async () => {
  const page = await signedIn.newPage();
  await page.goto(at("/workflows/change-app"));
  await expectAccessible(page);
  await page.getByLabel("App", { exact: true }).selectOption({ label: "Bike shop" });
  await page.getByLabel("What should change?").fill("Add suppliers (name, phone)");
  await page.getByRole("button", { name: "Plan the change" }).click();
  await page.getByText('CREATE TABLE IF NOT EXISTS "suppliers"').first().waitFor();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Change the app" }).click();
  await page.getByRole("link", { name: "Open the app" }).waitFor();
  const run = page.url();
  await page.goto(at("/apps/bike-shop/suppliers"));
  await page.getByRole("heading", { name: "Suppliers" }).waitFor();
  await page.goto(run);
  await page.getByText("Undo…").click();
  await page.getByRole("button", { name: "Yes, undo what this run made" }).click();
  await page.getByText("Undone").first().waitFor();
  expect((await page.goto(at("/apps/bike-shop/suppliers")))?.status()).toBe(404);
  await page.close();
});
