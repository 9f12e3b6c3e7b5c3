import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchBrowser } from "./browser.ts";
import { everyField } from "./samples/form.ts";
import { pictures } from "./samples/pictures.ts";
import { done, now } from "./samples/steps.ts";
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

const text = (selector: string) => page.locator(selector).innerText();
const percent = async () => (await text(".run-percent-number")).trim();
const wait = (selector: string, words: string) =>
  page.locator(selector, { hasText: words }).first().waitFor();

describe("an open page", () => {
  it("shows a change by itself, also in the window's title", async () => {
    await page.goto(run.url);
    run.show({ ...pictures.waiting, percent: 77 });
    await wait(".run-percent-number", "77 %");
    expect(await page.title()).toBe("77 % · Export URLs from Botify #12 – Milepost");
  });

  it("says what it was told beforehand once its moment has come, and is sent nothing for it", async () => {
    await page.clock.install();
    const left = { runs: 4, because: null };
    run.show({
      ...pictures.waiting,
      later: [
        {
          at: now + 10_000,
          percent: 50,
          toldNowMs: null,
          steps: {},
          timeLeft: { ...left, p10Ms: 50_000, p50Ms: 60_000, p90Ms: 70_000 },
        },
        {
          at: now + 60_000,
          percent: 58,
          toldNowMs: null,
          steps: {},
          timeLeft: { ...left, p10Ms: 30_000, p50Ms: 40_000, p90Ms: 50_000 },
        },
      ],
    });
    await page.goto(run.url);
    await page.evaluate("scrolls = 0; addEventListener('scroll', () => scrolls++)");
    const statuses = new Set<number>();
    page.on("response", (response) => {
      if (response.url().includes("/progress")) statuses.add(response.status());
    });
    for (const [ms, shown, rest] of [
      [20_000, "50 %", "about 60 s left"],
      [50_000, "58 %", "about 40 s left"],
    ] as const) {
      await page.clock.runFor(ms);
      await wait(".run-percent-number", shown);
      await wait(".run-rest", rest);
      expect(await page.title()).toMatch(new RegExp(`^${shown} · `));
      expect(await page.locator(".run-bar progress").getAttribute("aria-label")).toBe(
        `${shown} of the whole run`,
      );
    }
    await expect.poll(() => [...statuses]).toEqual([204]);
    // An answer without news moves nothing, not by a pixel.
    expect(await page.evaluate("scrolls")).toBe(0);
  });

  it("goes on polling after each change, and stops when the run is over", async () => {
    await page.clock.install();
    await page.goto(run.url);
    for (const next of [50, 51]) {
      run.show({ ...pictures.waiting, percent: next });
      await wait(".run-percent-number", `${next} %`);
    }
    run.show(pictures.completed);
    await wait("#run-state", "Completed");
    let polls = 0;
    page.on("request", (request) => {
      if (request.url().includes("/progress")) polls += 1;
    });
    await page.clock.runFor(20_000);
    expect(polls).toBe(0);
  });

  it("notifies once of what a person waits for, where they asked for it and look elsewhere", async () => {
    await page.addInitScript(`
      globalThis.told = [];
      globalThis.Notification = class {
        static permission = "default";
        static async requestPermission() { this.permission = "granted"; }
        constructor(title, { body }) { told.push([title, body]); }
        addEventListener() {}
      };
      Object.defineProperty(document, "hidden", { get: () => globalThis.away === true });
    `);
    await page.goto(run.url);
    const told = () => page.evaluate("told") as Promise<string[][]>;
    run.show({ ...pictures.waiting, percent: 60 });
    await wait(".run-percent-number", "60 %");
    await page.evaluate("away = true");
    run.show(pictures.asking);
    await wait("#run-state", "Needs you");
    expect(await told()).toEqual([]);
    await page.locator("[data-notify]").click();
    run.show({ ...pictures.waiting, percent: 70 });
    await wait(".run-percent-number", "70 %");
    expect(await page.locator("[data-notify]").getAttribute("aria-pressed")).toBe("true");
    run.show(pictures.completed);
    await wait("#run-state", "Completed");
    const notices = await told();
    expect(notices).toHaveLength(1);
    expect(notices[0]?.[0]).toContain("Export URLs from Botify");
  });

  it("says that the server is not reached, keeps what it showed, and takes the words back", async () => {
    await page.goto(run.url);
    await wait("#freshness", "live · last event");
    run.setDown(true);
    await wait("#freshness", "trying again");
    expect(await text("#freshness")).toMatch(/^not reached for (?:under )?\d/);
    expect(await percent()).toBe("42 %");
    run.setDown(false);
    run.show({ ...pictures.waiting, percent: 60 });
    await wait(".run-percent-number", "60 %");
    expect(await text("#freshness")).toMatch(/^live · /);
  });

  it("stays whole while a proxy answers in the server's place, says so, and goes on with the server", async () => {
    await page.goto(run.url);
    const instead = "**/progress**";
    await page.route(instead, (route) =>
      route.fulfill({ status: 502, contentType: "text/html", body: "<h1>502 Bad Gateway</h1>" }),
    );
    await wait("#freshness", "server in trouble for");
    expect(await percent()).toBe("42 %");
    expect(await text("body")).not.toContain("Bad Gateway");
    await page.unroute(instead);
    run.show({ ...pictures.waiting, percent: 60 });
    await wait(".run-percent-number", "60 %");
    expect(await text("#freshness")).toMatch(/^live · /);
  });

  it("is live again when one comes back to it by the browser's Back", async () => {
    await page.goto(run.url);
    await wait("#freshness", "live · last event");
    await page.goto("about:blank");
    run.show({ ...pictures.waiting, percent: 60 });
    await page.goBack();
    await wait(".run-percent-number", "60 %");
    run.show({ ...pictures.waiting, percent: 61 });
    await wait(".run-percent-number", "61 %");
    expect(await page.title()).toMatch(/^61 % · /);
  });

  it("looks at once when it comes back into view", async () => {
    // The page's own clock stands still, so that only coming back can fetch.
    await page.clock.install();
    await page.goto(run.url);
    await page.clock.pauseAt(Date.now() + 1000);
    const asked = page.waitForRequest((request) => request.url().includes("/progress"));
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await asked;
  });

  it("keeps what somebody types, opened and scrolled to while polls change the rest", async () => {
    run.show(pictures.asking);
    await page.goto(run.url);
    await page.getByLabel("Project address").fill("half a thought");
    await page.getByLabel("Remark").fill("two thoughts");
    await page.getByLabel("Title").uncheck();
    await page.locator("#history-part > summary").click();
    await page.locator("#cancel-ask > summary").click();
    await page.getByLabel("Project address").focus();
    const fields = everyField.fields.map((field) =>
      "value" in field ? { ...field, value: "from elsewhere" } : field,
    );
    const steps = pictures.asking.steps.map((step) =>
      step.form === null ? step : { ...step, form: { ...everyField, fields } },
    );
    run.show({ ...pictures.asking, percent: 3, steps });
    await wait(".run-percent-number", "3 %");
    expect(await page.getByLabel("Project address").inputValue()).toBe("half a thought");
    expect(await page.getByLabel("Remark").inputValue()).toBe("two thoughts");
    expect(await page.getByLabel("Title").isChecked()).toBe(false);
    expect(await page.locator("#history-part").getAttribute("open")).not.toBeNull();
    expect(await page.locator("#cancel-ask").getAttribute("open")).not.toBeNull();
    expect(await page.evaluate("document.activeElement.getAttribute('name')")).toBe("project");
  });

  it("shows a wrong answer in place, with the summary focused and the field marked", async () => {
    run.show(pictures.asking);
    await page.goto(run.url);
    await page.getByLabel("Project address").fill("nonsense");
    await page.getByRole("button", { name: "Go on" }).click();
    await wait("[role=alert]", "There is no such project.");
    expect(run.posts[0]).toContain("project=nonsense");
    expect(await page.evaluate("document.activeElement.getAttribute('role') === 'alert'")).toBe(true);
    expect(await page.locator("[aria-invalid=true]").getAttribute("name")).toBe("project");
  });

  it("goes on from the run's title with the keyboard once a button did its work and is gone, and polls on", async () => {
    run.show(pictures.failed);
    await page.goto(run.url);
    run.accept(pictures.waiting);
    await page.locator("#retry").press("Enter");
    await wait("#run-state", "Waiting");
    await page.waitForFunction("document.activeElement.id === 'run-title'");
    run.show({ ...pictures.waiting, percent: 66 });
    await wait(".run-percent-number", "66 %");
  });

  it("says beside a button that the server was not reached, and does what it says when it is pressed again", async () => {
    run.show(pictures.failed);
    await page.goto(run.url);
    run.setDown(true);
    await page.locator("#retry").press("Enter");
    await wait("#error-card .verb-note", "could not be reached");
    expect(await page.evaluate("document.activeElement.id")).toBe("retry");
    run.setDown(false);
    run.accept(pictures.waiting);
    await page.locator("#retry").press("Enter");
    await wait("#run-state", "Waiting");
    expect(await page.locator(".verb-note").count()).toBe(0);
  });

  it("keeps what is filled in while somebody else pauses and resumes, and gives the field back", async () => {
    run.show(pictures.asking);
    await page.goto(run.url);
    const field = page.getByLabel("Project address");
    await field.fill("half a thought");
    run.show({ ...pictures.asking, state: "paused" });
    await wait("#run-state", "Paused");
    expect([await field.isDisabled(), await field.inputValue()]).toEqual([true, "half a thought"]);
    run.show(pictures.asking);
    await wait("#run-state", "Needs you");
    expect([await field.isDisabled(), await field.inputValue()]).toEqual([false, "half a thought"]);
    await page.waitForFunction("document.activeElement.getAttribute('name') === 'project'");
  });

  it("goes on in the next question with the keyboard, also when that comes later", async () => {
    const attempt = (n: number) => ({
      ...pictures.asking,
      steps: pictures.asking.steps.map((step) => (step.state === "asking" ? { ...step, attempt: n } : step)),
    });
    run.show(attempt(1));
    await page.goto(run.url);
    const isIn = (form: number) =>
      page.waitForFunction(`document.activeElement.closest("form")?.id.endsWith("-${form}") &&
        document.activeElement.name === "project"`);
    const answer = async () => {
      await page.getByLabel("Project address").fill("https://app.botify.com/a/b");
      await page.getByLabel("Project address").press("Enter");
    };
    run.accept(attempt(2));
    await answer();
    await isIn(2);
    run.accept(pictures.waiting);
    await answer();
    await wait("#run-state", "Waiting");
    run.show(attempt(3));
    await isIn(3);
  });

  it("goes to a question that comes to those who have only opened the page, and takes nobody else from where they are", async () => {
    const focused = () =>
      page.evaluate<string>("document.activeElement.name ?? document.activeElement.tagName");
    await page.goto(run.url);
    await wait("#freshness", "live · last event");
    run.show(pictures.asking);
    await page.waitForFunction('document.activeElement.closest("form.ask") !== null');
    run.show(pictures.waiting);
    await page.goto(run.url);
    await wait("#freshness", "live · last event");
    await page.mouse.wheel(0, 1);
    run.show(pictures.asking);
    await wait("#run-state", "Needs you");
    expect(await focused()).toBe("BODY");
  });

  it("shows the state in the window's icon", async () => {
    await page.goto(run.url);
    const icon = () => page.locator('link[rel="icon"]').getAttribute("href");
    expect(await icon()).toContain("icon-waiting.");
    run.show(pictures.failed);
    await wait("#run-state", "Failed");
    expect(await icon()).toContain("icon-bad.");
    expect((await page.request.get(new URL((await icon()) ?? "", run.url).href)).status()).toBe(200);
  });

  it("lets steps that arrived together appear 120 ms after each other, and the others stand still", async () => {
    await page.goto(run.url);
    const steps = pictures.waiting.steps.map((step) =>
      step.number >= 6 ? done(step.number, step.title) : step,
    );
    run.show({ ...pictures.waiting, percent: 90, steps });
    await wait(".run-percent-number", "90 %");
    const delays = await page.evaluate(`[...document.querySelectorAll(".step-body")].map((body) => {
      const { animationName, animationDelay } = getComputedStyle(body);
      return animationName === "none" ? "still" : animationDelay;
    })`);
    expect(delays).toEqual(["still", "still", "still", "still", "still", "0s", "0.12s", "0.24s"]);
  });

  it("brings the next step into view for those who were looking at the one before, and leaves the others alone", async () => {
    const steps = Array.from({ length: 40 }, (_, at) => done(at + 1, `Step number ${at + 1}`));
    const at = (active: number) => ({
      ...pictures.waiting,
      percent: active,
      log: [],
      steps: steps.map((step) =>
        step.number < active
          ? step
          : { ...step, state: step.number === active ? ("running" as const) : ("pending" as const) },
      ),
    });
    const inView = (number: number) =>
      page.evaluate(`(() => {
        const { top, bottom } = document.querySelector("#step-step-${number}").getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      })()`);
    run.show(at(3));
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(run.url);
    run.show(at(35));
    await wait(".run-percent-number", "35 %");
    expect(await inView(35)).toBe(true);
    await page.evaluate("scrollTo(0, 0)");
    run.show(at(36));
    await wait(".run-percent-number", "36 %");
    // What came pushed nothing away (see static/place.js).
    expect(await page.evaluate("scrollY")).toBe(1);
  });

  it("shows the outcome where the reader is: the bar hands it over, the card is in sight, and no step was pushed away", async () => {
    await page.goto(run.url);
    await page.locator("#freshness", { hasText: "live" }).waitFor();
    const top = () =>
      page
        .locator(".step")
        .first()
        .evaluate((step) => step.getBoundingClientRect().top);
    const before = await top();
    run.show(pictures.completed);
    await page.locator("#outcome-card").waitFor();
    await expect.poll(async () => Math.abs((await top()) - before)).toBeLessThanOrEqual(2);
    expect(await page.evaluate("scrollY")).toBeGreaterThan(100);
    const seen = (selector: string) =>
      page.evaluate(`(() => {
        const { top, bottom } = document.querySelector("${selector}").getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      })()`);
    for (const selector of ["#outcome-card", "#run-bar .run-main a"]) expect(await seen(selector)).toBe(true);
  });

  it("shows a bar without an end as one, also to those who want nothing to move", async () => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    run.show({ ...pictures.waiting, percentKnown: false });
    await page.goto(run.url);
    const bar = page.locator(".run-bar progress");
    expect(await bar.getAttribute("value")).toBeNull();
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector(".run-bar progress")).backgroundImage`),
    ).toContain("gradient");
  });

  it("keeps the chosen colours over a reload", async () => {
    await page.goto(run.url);
    await page.getByLabel("Colours").selectOption("dark");
    await page.reload();
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.getByLabel("Colours").selectOption("auto");
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBeUndefined();
  });
});
