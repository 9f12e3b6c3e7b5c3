import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const found = async (page: Page) => {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ["violations"], preload: false }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n")}`,
    );
};

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  describe.each([390, 1280])("at %i px", (width) => {
    let context: BrowserContext;
    let page: Page;
    const complaints: string[] = [];
    beforeAll(async () => {
      // Without reduced motion axe would measure the contrast of what is still fading in.
      context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme,
        reducedMotion: "reduce",
      });
      page = await context.newPage();
      page.on(
        "console",
        (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()),
      );
      page.on("pageerror", (error) => complaints.push(String(error)));
    });
    afterAll(() => context.close());

    it.each(Object.keys(pages))(
      "the page %s is accessible, fits, and obeys the strict policy",
      async (name) => {
        complaints.length = 0;
        await page.goto(`${gallery.url}/pages/${name}`);
        // Before axe, which measures with inline styles of its own.
        expect(complaints).toEqual([]);
        await page.evaluate(
          "for (const one of document.querySelectorAll('details:not(.confirm)')) one.open = true",
        );
        expect(await found(page)).toEqual([]);
        // Every question that may be asked fits as well.
        await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
        expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBe(0);
      },
    );
  });
});
