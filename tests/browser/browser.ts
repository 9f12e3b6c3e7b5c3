import type { Page } from "playwright-core";
import { expect } from "vitest";
import { foundByAxe } from "../views/axe.ts";

/** Fails when axe finds anything on the page. */
export const expectAccessible = async (page: Page): Promise<void> => {
  const heard = complaints.get(page)?.length;
  const found = await foundByAxe(page);
  // What the browser says about axe's own styles is no complaint about the page.
  complaints.get(page)?.splice(heard ?? 0);
  expect(found, page.url()).toEqual([]);
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
