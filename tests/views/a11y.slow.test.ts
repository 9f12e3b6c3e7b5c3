import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { foundByAxe } from "./axe.ts";
import { launchBrowser } from "./browser.ts";
import { pages } from "./pages.tsx";
import { serveGallery } from "./serve-gallery.ts";

let browser: Browser;
let gallery: Awaited<ReturnType<typeof serveGallery>>;

beforeAll(async () => {
  [browser, gallery] = await Promise.all([launchBrowser(), serveGallery()]);
});
afterAll(async () => {
  await browser.close();
  gallery.close();
});

let page: Page;
const complaints: string[] = [];
beforeAll(async () => {
  // Without reduced motion axe would measure the contrast of what is still fading in.
  const context = await browser.newContext({ reducedMotion: "reduce" });
  page = await context.newPage();
  page.on(
    "console",
    (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()),
  );
  page.on("pageerror", (error) => complaints.push(String(error)));
});

const open = (details: string) =>
  page.evaluate(`for (const one of document.querySelectorAll('${details}')) one.open = true`);

// axe is dear: it looks at each scheme once and at each width once.
const looks = [
  { colorScheme: "light", width: 1280 },
  { colorScheme: "dark", width: 390 },
] as const;

it("gives the keyboard what came of the last press, not the first field above it", async () => {
  await page.goto(`${gallery.url}/pages/schedule-wrong`);
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("alert");
});

/** The same page with one line more or less; the escaping test draws them too. */
const alike = new Set(["schedule-wrong", "people-wrong", "workflow-files-none"]);

it.each(Object.keys(pages).filter((name) => !alike.has(name)))(
  "the page %s is accessible, fits, and obeys the strict policy, on a phone and a screen, light and dark",
  async (name) => {
    complaints.length = 0;
    await page.goto(`${gallery.url}/pages/${name}`);
    // Before axe, which measures with inline styles of its own.
    expect(complaints).toEqual([]);
    await open("details:not(.confirm)");
    for (const { colorScheme, width } of looks) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      expect([colorScheme, await foundByAxe(page)]).toEqual([colorScheme, []]);
    }
    // Every question that may be asked fits as well.
    await open("details");
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      expect([width, await page.evaluate("document.documentElement.scrollWidth - innerWidth")]).toEqual([
        width,
        0,
      ]);
    }
  },
);

it("asks of a schedule only what its “How often” needs", async () => {
  await page.goto(`${gallery.url}/pages/new-schedule`);
  const asked = async (how: string) => {
    await page.selectOption('[name="milepost-how"]', how);
    return page.evaluate(
      `[...new Set([...document.querySelectorAll('.group:has([name="milepost-how"]) [name]')].filter((one) => one.checkVisibility()).map((one) => one.name.replace("milepost-", "")))].join(" ")`,
    );
  };
  expect(await asked("day")).toBe("how at zone");
  expect(await asked("week")).toBe("how at days zone");
  expect(await asked("month")).toBe("how at day zone");
  expect(await asked("minutes")).toBe("how minutes zone");
  expect(await asked("cron")).toBe("how cron zone");
});

it.each(["palette", "shortcuts"])(
  "the dialog %s is accessible and fits, in each scheme on each width",
  async (id) => {
    await page.goto(`${gallery.url}/pages/find`);
    await page.evaluate(`document.getElementById("${id}").showModal()`);
    await page.evaluate(
      `document.querySelector("#palette #found").replaceChildren(document.querySelector("main .found").cloneNode(true))`,
    );
    for (const colorScheme of ["light", "dark"] as const)
      for (const width of [390, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        expect([colorScheme, width, await foundByAxe(page)]).toEqual([colorScheme, width, []]);
        const box = await page.locator(`#${id}`).boundingBox();
        expect(box?.x).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
      }
  },
);
