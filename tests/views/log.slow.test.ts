import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { LogLine } from "#core/event.ts";
import { launchBrowser } from "./browser.ts";
import { pictures } from "./samples/pictures.ts";
import { now } from "./samples/steps.ts";
import { serveRun } from "./serve-run.ts";

let browser: Browser;
let page: Page;
let run: Awaited<ReturnType<typeof serveRun>>;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  run = await serveRun();
  page = await browser.newPage({ viewport: { width: 390, height: 800 } });
});
afterEach(async () => {
  await page.close();
  run.close();
});

const steps = pictures.waiting.steps;
const lines = (count: number): LogLine[] =>
  Array.from({ length: count }, (_, at) => ({
    n: at + 1,
    at: now,
    stepId: steps[at % 2]?.id ?? "",
    attempt: 1,
    level: "info",
    text: `\u001b[32mline\u001b[0m ${at + 1} of the log`,
  }));
const show = async (count: number) => {
  run.show({ ...pictures.waiting, log: lines(count) });
  await page.locator(`#log-${count}`).waitFor({ state: "attached" });
};
const toEnd = () =>
  page.locator("#log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
const visible = () => page.locator("#log li:not([hidden])").count();

it("follows new lines, stops where somebody scrolled up, and goes on when asked", async () => {
  run.show({ ...pictures.waiting, log: lines(60) });
  await page.goto(run.url);
  expect(await toEnd()).toBeLessThan(2);
  await show(70);
  expect(await toEnd()).toBeLessThan(2);
  const again = page.getByRole("button", { name: "Follow again" });
  expect(await again.isHidden()).toBe(true);

  await page.locator("#log").evaluate((log) => {
    log.scrollTop = 100;
  });
  await again.waitFor();
  await show(80);
  expect(await page.locator("#log").evaluate((log) => log.scrollTop)).toBe(100);
  await again.click();
  expect(await toEnd()).toBeLessThan(2);
  await again.waitFor({ state: "hidden" });
  await show(90);
  expect(await toEnd()).toBeLessThan(2);
});

it("shows the lines that match as one types, also of those that arrive, and keeps what was typed", async () => {
  run.show({ ...pictures.waiting, log: lines(60) });
  await page.goto(run.url);
  await page.getByRole("searchbox", { name: "Search the log" }).fill("LINE 6");
  expect(await visible()).toBe(2);
  await show(69);
  expect(await visible()).toBe(11);
  expect(await page.getByRole("searchbox", { name: "Search the log" }).inputValue()).toBe("LINE 6");
  await page.getByRole("combobox", { name: "Step" }).selectOption(steps[0]?.id ?? "");
  expect(await visible()).toBeLessThan(11);
  await show(71);
  expect(await page.getByRole("combobox", { name: "Step" }).inputValue()).toBe(steps[0]?.id);
});

it("is not wider than a phone, and its button asks the server for the whole log", async () => {
  run.show({ ...pictures.waiting, log: lines(3) });
  await page.goto(run.url);
  const rightmost = await page
    .locator("#log-part :not(.visually-hidden)")
    .evaluateAll((parts) => Math.max(...parts.map((part) => part.getBoundingClientRect().right)));
  expect(rightmost).toBeLessThanOrEqual(390);
  await page.getByRole("searchbox", { name: "Search the log" }).fill("two words");
  const asked = page.waitForRequest((request) => request.url().includes("/log?"));
  await page.getByRole("button", { name: "Search all" }).click();
  const { pathname, searchParams } = new URL((await asked).url());
  expect([pathname, searchParams.get("search")]).toEqual([`/runs/${pictures.waiting.id}/log`, "two words"]);
});
