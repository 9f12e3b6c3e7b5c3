import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails when axe finds anything serious or critical on the page. */
export const expectAccessible = async (page: Page): Promise<void> => {
  const heard = complaints.get(page)?.length;
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
  });
  // What the browser says about axe's own styles is no complaint about the page.
  complaints.get(page)?.splice(heard ?? 0);
  expect(violations, page.url()).toEqual([]);
};

/** Opens a sign-in link and presses its button. */
export const signInBy = async (page: Page, link: string): Promise<void> => {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Start", exact: true }).waitFor();
};

/** Fails when the page is wider than the window. */
export const expectNoSidewaysScroll = async (page: Page): Promise<void> => {
  const wider = await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  expect(wider, `${page.url()} is wider than the window`).toBeLessThanOrEqual(0);
};

/** Everything that the browser complains about: errors of scripts, refusals of the content security policy, failed requests. */
export const complaintsOf = (page: Page): string[] => {
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") heard.push(message.text());
  });
  return heard;
};

const complaints = new WeakMap<Page, string[]>();
