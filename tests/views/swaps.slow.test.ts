import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { RunPicture } from "#core/picture.ts";
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
  page = await browser.newPage({ viewport: { width: 1280, height: 700 } });
});
afterEach(async () => {
  await page.close();
  run.close();
});

/**
 * What people and screen readers get of the run; states and forms are told by their attributes. Clocks go on, and the samples are of runs
 * with other steps, which the filter of a run's log and the titles in it never have.
 */
const shown = (of: Page) =>
  of.evaluate<string[]>(`(() => {
    const clocks = ["data-ago", "data-since", "data-until", "data-changed"];
    const told = [document.title];
    const walk = (node) => {
      if (node.nodeType === 3 && node.nodeValue.trim() !== "") told.push(node.nodeValue.trim());
      if (node.nodeType !== 1 || node.matches("search, #log summary")) return;
      for (const name of ["id", "data-state", "data-active", "aria-current", "action", "value", "src", "role"])
        if (node.hasAttribute(name)) told.push(name + "=" + node.getAttribute(name));
      if (node.matches("progress")) told.push("bar " + node.getAttribute("value"));
      if (!clocks.some((name) => node.hasAttribute(name))) node.childNodes.forEach(walk);
    };
    walk(document.querySelector(".run"));
    return told;
  })()`);

const logged = (count: number): RunPicture["log"] =>
  Array.from({ length: count }, (_, at) => ({
    n: at + 1,
    at: now + at,
    stepId: "step-6",
    attempt: 1,
    level: "info" as const,
    text: `line ${at + 1}`,
  })).slice(-200);

const grown = (picture: RunPicture, count: number): RunPicture => ({
  ...picture,
  log: logged(count),
  lastEvent: count,
  history: logged(count / 5)
    .slice(-100)
    .map(({ n, at }) => ({ runId: "r1", n: n * 2, at, type: "run.unlocked", by: `person ${n}` })),
});

const all = Object.entries(pictures);
const orders = [
  all,
  all.toReversed(),
  [...all].sort(([, a], [, b]) => a.title.localeCompare(b.title) || a.percent - b.percent),
];

it.each(orders.map((order, at) => [at, order] as const))(
  "shows what a page shows that is opened anew, whatever came before (order %i)",
  async (_, order) => {
    const other = await browser.newPage({ viewport: { width: 1280, height: 700 } });
    // Polls come when the test says so, also on a page whose run is over.
    await page.clock.install();
    run.show(grown(pictures.waiting, 50));
    await page.goto(run.url);
    let count = 50;
    for (const [name, picture] of order) {
      count += 50;
      run.show(grown(picture, count));
      const answered = page.waitForResponse((response) => response.url().includes("/progress"));
      await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await answered;
      await page.locator(`#log-${count}`).waitFor({ state: "attached" });
      await other.goto(run.url);
      const there = await shown(other);
      // Old lines of the log go in a frame of their own.
      await expect.poll(() => shown(page), { message: name }).toEqual(there);
    }
    await other.close();
  },
);

it("asks for the page, one style sheet, one script and an icon at the first visit", async () => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.resourceType()));
  await page.goto(run.url, { waitUntil: "load" });
  expect(asked.filter((one) => one !== "other").sort()).toEqual(["document", "script", "stylesheet"]);
  expect(asked.length).toBeLessThanOrEqual(4);
});

it("runs one script that begins before the first paint, without an error and without a name of its own in the page", async () => {
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  await page.addInitScript("localStorage.setItem('theme', 'dark')");
  await page.goto(run.url);
  expect(wrong).toEqual([]);
  expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
  expect(await page.evaluate("[typeof htmx, typeof durationText, typeof followLog]")).toEqual([
    "object",
    "undefined",
    "undefined",
  ]);
});
