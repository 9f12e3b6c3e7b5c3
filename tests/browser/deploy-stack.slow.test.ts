import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../main/server-process.ts";
import { launchBrowser } from "../views/browser.ts";
import { phases } from "../workflows/deploy-stack-world.ts";
import { complaintsOf, expectAccessible, expectNoSidewaysScroll, signInBy } from "./browser.ts";

let dataDir: string;
let server: ServerProcess;
let browser: Browser;
let signedIn: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-browser-"));
  [server, browser] = await Promise.all([startServer(dataDir, { sampleSite: false }), launchBrowser()]);
  // Steps fade in; axe would judge the contrast of a step that is half there.
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

const fillIn = async (page: Page, name: string, image?: string): Promise<void> => {
  await page.goto(new URL("/workflows/deploy-stack", server.origin).href);
  await page.getByLabel("Stack name").fill(name);
  await page.getByLabel("Environment variables").fill("GREETING=hello");
  if (image !== undefined) await page.getByLabel("Docker image").fill(image);
};

const deploy = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
};

test("a person looks at the plan, deploys, and is handed the link; a second page tells the same", async () => {
  const page = await signedIn.newPage();
  const complaints = complaintsOf(page);
  await fillIn(page, "demo");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Show what it would do" }).click();
  const plan = page.locator("#plan");
  await plan.getByText("Creates the project “ai-stack-demo”.").waitFor();
  expect(await plan.textContent()).toMatch(/api\/domain\.create .*"host":"demo\.apps\.localhost"/);
  expect(await plan.textContent()).toContain("GREETING=•••");
  await expectAccessible(page);
  // What was typed must not be lost by looking, or the stack would be deployed without it.
  expect(await page.getByLabel("Environment variables").inputValue()).toBe("GREETING=hello");
  await deploy(page);

  const second = await signedIn.newPage();
  await second.goto(page.url());
  for (const one of [page, second]) {
    for (const phase of phases) await one.locator(`#step-${phase}`).waitFor({ state: "attached" });
  }
  await expectAccessible(page);
  for (const one of [page, second]) {
    const link = one.getByRole("link", { name: "Open demo.apps.localhost" });
    await link.waitFor();
    expect(await link.getAttribute("href")).toMatch(/^http:\/\/demo\.apps\.localhost:\d+\/$/);
    await one.getByText(/^ai-stack-demo \(.+\), made by this run$/).waitFor();
  }
  await expectAccessible(page);
  await second.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(second);
  expect(complaints).toEqual([]);
  await Promise.all([page.close(), second.close()]);
});

test("an image that cannot be pulled is told with its reason, and the page shows what was removed", async () => {
  const page = await signedIn.newPage();
  await fillIn(page, "broken", "nowhere/nothing");
  await deploy(page);
  await page.getByText("pull access denied for nowhere/nothing").first().waitFor();
  for (const phase of ["creating-domain", "creating-application", "creating-project"])
    await page.locator(`#step-${phase}`).getByText("Undone.").waitFor();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.close();
});

test("without JavaScript a stack is deployed just the same", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await context.addCookies(await signedIn.cookies());
  const page = await context.newPage();
  await fillIn(page, "plain");
  await deploy(page);
  await page.getByRole("link", { name: "Open plain.apps.localhost" }).waitFor();
  await context.close();
});
