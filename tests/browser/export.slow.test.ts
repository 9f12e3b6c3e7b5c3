import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ThisBotify } from "#main/this-botify.ts";
import { noFaults } from "#sandbox/botify/faults.ts";
import { type ServerProcess, startServer } from "../main/server-process.ts";
import { launchBrowser } from "../views/browser.ts";
import { startSandbox } from "../workflows/export-world.ts";
import { complaintsOf, expectAccessible, expectNoSidewaysScroll, signInBy } from "./browser.ts";

let sandbox: ThisBotify;
let endSandbox: () => Promise<void>;
let dataDir: string;
let server: ServerProcess;
let browser: Browser;
let signedIn: BrowserContext;

beforeAll(async () => {
  ({ sandbox, end: endSandbox } = await startSandbox());
  sandbox.faults.callsPerSecond = null;
  dataDir = await mkdtemp(join(tmpdir(), "milepost-browser-"));
  [server, browser] = await Promise.all([startServer(dataDir), launchBrowser()]);
  // Steps fade in; axe would judge the contrast of a step that is half there.
  signedIn = await browser.newContext({ reducedMotion: "reduce", viewport: { width: 1280, height: 900 } });
  const page = await signedIn.newPage();
  await signInBy(page, server.link);
  await page.close();
});
afterAll(async () => {
  await browser.close();
  await server.kill();
  await endSandbox();
  await rm(dataDir, { recursive: true, force: true });
});

const at = (path: string) => new URL(path, server.origin).href;

/** Presses "Continue" at each question until the one of this number is there. */
const pressTo = async (page: Page, question: number): Promise<void> => {
  for (let number = 1; number <= question; number++) {
    await page.getByText(`Step ${number} of 10`).first().waitFor();
    const button = number === 5 ? exportButton : /^Continue$/;
    // Before the first question this machine's own Botify starts, and crawls its sample site.
    await page
      .getByRole("button", { name: button })
      .waitFor({ timeout: 600_000 })
      .catch(async (error: unknown) => {
        throw new Error(await page.locator("main").innerText(), { cause: error });
      });
    if (number < question) await page.getByRole("button", { name: button }).click();
  }
};

const exportButton = /^Export \d+ rows$/;

/** The same session in a browser without JavaScript. */
const withoutScripts = async (): Promise<BrowserContext> => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 1280, height: 900 },
  });
  await context.addCookies(await signedIn.cookies());
  return context;
};

test("a person adds an account, exports, leaves during the wait, comes back, and has the file in the download folder", async () => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null, processingMs: 3_600_000 });
  const page = await signedIn.newPage();
  const complaints = complaintsOf(page);
  await page.goto(at("/connections/new?kind=botify"));
  await expectAccessible(page);
  await page.getByLabel("Name", { exact: true }).fill("Our account");
  await page.locator("input[name=baseUrl]").fill(sandbox.url);
  await page.locator("input[name=token]").fill(sandbox.token);
  await page.locator("main form button[type=submit]").first().click();
  await page.waitForURL(at("/connections"));
  expect(await page.content()).not.toContain(sandbox.token);
  await page.getByText("Our account").first().waitFor();

  await page.goto(at("/workflows/botify-export"));
  await expectAccessible(page);
  await page.getByLabel("Our account").check();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
  const run = page.url();
  // As it was preselected, an export is ordered by the Enter key alone.
  for (let number = 1; number < 5; number++) {
    await page.getByText(`Step ${number} of 10`).first().waitFor();
    await page.locator("form.ask :focus").waitFor();
    await page.keyboard.press("Enter");
  }
  await page.getByRole("button", { name: exportButton }).waitFor();
  await expectAccessible(page);
  await page.locator("form.ask button[type=submit]:focus").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("PROCESSING").first().waitFor();
  await expect.poll(() => page.title()).toMatch(/^Waiting · /);
  await page.goto("about:blank");

  // Somebody else looks meanwhile and sees the same.
  const other = await browser.newContext();
  await other.addCookies(await signedIn.cookies());
  const elsewhere = await other.newPage();
  await elsewhere.goto(run);
  await elsewhere.getByText("Wait for the export").first().waitFor();
  await other.close();

  sandbox.faults.processingMs = 0;
  const downloading = page.waitForEvent("download");
  await page.goto(run);
  const download = await downloading;
  const rows: string[][] = parse(await readFile(await download.path()));
  expect(rows).toHaveLength(409);
  expect(rows[0]).toEqual([
    "url",
    "metadata.title.content",
    "metadata.description.content",
    "metadata.h1.contents",
  ]);
  expect(rows.flat()).toContain("<img src=x onerror=alert(1)>");
  await page.getByText("408 rows are saved").first().waitFor();
  await expectAccessible(page);

  let again = 0;
  page.on("download", () => again++);
  await page.reload();
  await page.getByText("408 rows are saved").first().waitFor();
  await page.waitForLoadState("networkidle");
  expect(again).toBe(0);
  const byHand = page.waitForEvent("download");
  await page
    .getByRole("link", { name: /download/i })
    .first()
    .click();
  await byHand;

  // The same once more: its file is handed over for this run too, and from the end of the one before it takes few keys.
  await page.reload();
  let keys = 0;
  const press = (key: string) => page.keyboard.press(key).then(() => keys++);
  const anew = page.waitForEvent("download");
  await press("a");
  await page.waitForURL((url) => /\/runs\/[0-9a-f]{32}$/.test(url.pathname) && url.href !== run);
  await page.locator('form.ask input[value="existing"]:focus').waitFor();
  await press("Enter");
  expect(parse(await readFile(await (await anew).path()))).toHaveLength(409);
  expect(keys).toBeLessThanOrEqual(5);
  expect(complaints).toEqual([]);
  await page.close();
});

test("without JavaScript the same export goes through by forms and pages that refresh themselves", async () => {
  Object.assign(sandbox.faults, noFaults(), { callsPerSecond: null });
  const context = await withoutScripts();
  const page = await context.newPage();
  await page.goto(at("/workflows/botify-export"));
  await page.getByLabel("This machine").check({ force: true });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
  await pressTo(page, 5);
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: exportButton }).click();
  const download = await downloading;
  expect(parse(await readFile(await download.path()))).toHaveLength(409);
  await context.close();
});

test("what someone types survives the polls, and a wrong answer is shown at its field with everything else kept", async () => {
  const page = await signedIn.newPage();
  await page.goto(at("/workflows/botify-export"));
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
  const address = page.locator("input[name=project]");
  await address.fill("https://example.com/not/botify");
  await page.waitForResponse((answer) => answer.url().includes("/progress") && answer.status() === 204);
  expect(await address.inputValue()).toBe("https://example.com/not/botify");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByText("not to app.botify.com").first().waitFor();
  expect(await address.inputValue()).toBe("https://example.com/not/botify");
  expect(await address.getAttribute("aria-invalid")).toBe("true");
  await expectAccessible(page);
  await page.close();
});

test("a list follows its filters as one types, keeps what is typed, and its address brings them back", async () => {
  const page = await signedIn.newPage();
  const complaints = complaintsOf(page);
  await page.goto(at("/workflows/botify-export"));
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
  await page.goto(at("/runs"));
  const rows = page.locator(".run-row");
  const all = await rows.count();
  expect(all).toBeGreaterThan(0);
  await page.getByLabel("Search").pressSequentially("no such run");
  await expect.poll(() => rows.count()).toBe(0);
  expect(await page.evaluate("document.activeElement.name")).toBe("search");
  await page.reload();
  expect(await page.getByLabel("Search").inputValue()).toBe("no such run");
  await page.getByLabel("Search").fill("");
  await expect.poll(() => rows.count()).toBe(all);
  expect(complaints).toEqual([]);
  await page.close();
});

test("filters are built by buttons, and cancelling shows a receipt", async () => {
  const page = await signedIn.newPage();
  const complaints = complaintsOf(page);
  await page.goto(at("/workflows/botify-export"));
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(/\/runs\/[0-9a-f]{32}/);
  await pressTo(page, 4);
  await page.getByRole("button", { name: "Add a filter" }).click();
  await page.locator("input[name='g0.r0.field']").fill("http_code");
  await page.locator("input[name='g0.r0.value']").fill("200");
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.locator("input[name='g0.r1.field']").fill("depth");
  expect(await page.locator("input[name='g0.r0.value']").inputValue()).toBe("200");
  await expectAccessible(page);
  await page.locator("button[value='redraw:remove-rule:0:1']").click();
  await page.locator("input[name='g0.r1.field']").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByRole("button", { name: exportButton }).waitFor();
  await page.getByText("Cancel…", { exact: true }).click();
  await page.getByRole("button", { name: "Yes, cancel this run" }).click();
  await page.getByText("Nothing was at work").first().waitFor();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
  await page.close();
});

test.each([
  ["dark", 390],
  ["light", 1280],
] as const)(
  "every page in %s at %i px: nothing for axe, no sideways scrolling",
  async (colorScheme, width) => {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    await context.addCookies(await signedIn.cookies());
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(at("/runs"));
    const runs = await page
      .locator("a[href^='/runs/']")
      .evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    const paths = [
      "/",
      "/runs",
      "/exports",
      "/connections",
      "/settings",
      "/api/docs",
      "/workflows/crawl-site",
      "/no-such-page",
    ];
    for (const path of [
      ...paths,
      ...new Set(runs.filter((href) => /^\/runs\/[0-9a-f]{32}$/.test(href ?? ""))),
    ]) {
      await page.goto(at(path ?? "/"));
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    }
    expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
    await context.close();
  },
);
