import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { LogLine } from "#core/event.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { listen } from "../web/listen.ts";
import { openSite } from "../web/site.ts";
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
  page.locator(".log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
const visible = () => page.locator("#log li[id]:not([hidden])").count();

it("follows new lines, stops where somebody scrolled up, and goes on when asked", async () => {
  run.show({ ...pictures.waiting, log: lines(60) });
  await page.goto(run.url);
  expect(await toEnd()).toBeLessThan(2);
  await show(70);
  expect(await toEnd()).toBeLessThan(2);
  const again = page.getByRole("button", { name: "Follow again" });
  expect(await again.isHidden()).toBe(true);

  await page.locator(".log").evaluate((log) => {
    log.scrollTop = 100;
  });
  await again.waitFor();
  await show(80);
  expect(await page.locator(".log").evaluate((log) => log.scrollTop)).toBe(100);
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

it("shows what a step prints, or a program that it waits for, without waiting for a poll, an unended line while it is written, each line once, by step and day", async () => {
  let go = () => {};
  const seen = new Promise<void>((resolve) => {
    go = resolve;
  });
  let [isWatched, ended] = [false, false];
  const talks = workflow("talks", "Talks", "Logs.", start({ subject: () => "talks" }))
    .do("prepare", "Prepare", { run: async ({ log }) => log("ready") })
    .do("download", "Download", {
      run: async ({ log, signal }) => {
        for (let n = 1; n <= 10 && !signal.aborted; n += 1) {
          log(`part ${n}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        log("\u001b[32m42 %\u001b[0m of it\r");
        await seen;
        log("100 % of it");
      },
    })
    .wait("script", "Script", {
      everyMs: 50,
      timeoutMs: 60_000,
      look: async ({ log, memo }) => {
        if (ended) return { done: null };
        if (memo === undefined && isWatched) log("far away");
        const unended = isWatched ? "7 % of that" : "";
        return { waiting: "running on node1", memo: isWatched || undefined, unended, nextInMs: 50 };
      },
    })
    .hands(() => ({ sentence: "Done." }));
  const site = await openSite({ workflows: [talks] });
  const server = await listen(site);
  const [name = "", value = ""] = site.cookie.split("=");
  await page.context().addCookies([{ name, value, url: server.origin }]);
  // Nothing but the stream can bring a line.
  await page.route("**/progress?**", (route) => route.abort());
  try {
    const { runId } = await site.engine.start("talks", {}, "Ada");
    await page.goto(`${server.origin}/runs/${runId}`);
    await page.locator("#log-open", { hasText: "42 % of it" }).waitFor();
    // Ended lines are shown when they are kept, which may be a moment after an unended one.
    await page.locator("#log-11", { hasText: "part 10" }).waitFor();
    expect(await page.locator("#log li[id]").count()).toBe(11);
    go();
    await expect.poll(async () => (await site.engine.picture(runId)).state).toBe("waiting");
    // What waits for a program elsewhere is read along like what works here.
    await page.reload();
    isWatched = true;
    await page.locator("#log-open", { hasText: "7 % of that" }).waitFor();
    await page.locator("#log-13", { hasText: "far away" }).waitFor();
    await page.unroute("**/progress?**");
    ended = true;
    await page.locator("#run-state", { hasText: "Completed" }).waitFor();
    await page.locator("#log li[id]", { hasText: "100 % of it" }).waitFor();
    expect(await page.locator("#log-open li").count()).toBe(0);
    const texts = await page.locator("#log li[id] > span").allInnerTexts();
    expect(texts).toHaveLength(13);
    expect(new Set(texts).size).toBe(13);
    expect(texts.slice(-2)).toEqual(["100 % of it", "far away"]);
    const titles = await page.locator("#log .log-group summary").allInnerTexts();
    expect(titles.map((one) => one.replace(/ .*$/, ""))).toEqual(["Prepare", "Download", "Script"]);
    expect(titles.join()).toContain(String(new Date().getFullYear()));
    await page.locator("#log .log-group summary").first().click();
    expect(await page.getByText("ready", { exact: true }).isVisible()).toBe(false);
    await page.locator("#log li[id] > a").last().click();
    expect(new URL(page.url()).hash).toBe("#log-13");
    expect(await page.locator("#log-13:target").innerText()).toContain("far away");
  } finally {
    server.close();
    await site.close();
  }
});
