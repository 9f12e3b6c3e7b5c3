import { type Browser, chromium } from "playwright-core";

/** How long a test waits for what a page is to show: a fuse, not a measure. */
const patienceMs = 120_000;

/** Chromium as tests use it: without a network of its own, and patient. */
export const launchBrowser = async (): Promise<Browser> => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    timeout: patienceMs,
    args: [
      "--no-sandbox",
      "--headless",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  browser.on("context", (context) => context.setDefaultTimeout(patienceMs));
  return browser;
};
