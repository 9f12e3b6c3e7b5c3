import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Form } from "#core/form.ts";
import { isOver } from "#core/states.ts";
import { preselected, type ServerProcess, startServer, untilRun } from "../main/server-process.ts";
import { launchBrowser } from "../views/browser.ts";
import { signInBy } from "./browser.ts";
import { shiftsOf, watchShifts } from "./shifts.ts";

let dataDir: string;
let server: ServerProcess;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "milepost-shift-"));
  [server, browser] = await Promise.all([startServer(dataDir, { sampleSite: false }), launchBrowser()]);
  context = await browser.newContext();
  await signInBy(await context.newPage(), server.link);
});
afterAll(async () => {
  await browser.close();
  await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

/** Lines of a log that come while the machine is busy move others: it is tried again with another bot. */
let attempt = 0;

/** The bound under which people feel nothing move (web.dev, "Cumulative Layout Shift"), here of all moves together. */
const unfelt = 0.1;
/** What pushing half of the screen down comes to at least. */
const noticed = 0.03;

test("while a bot is made, asks and is ready, nothing that somebody reads is pushed about, on a screen and on a phone", {
  retry: 2,
}, async () => {
  attempt += 1;
  for (const page of context.pages()) await page.close();
  const { form } = await server.json<{ form: Form }>("GET", "/api/workflows/create-bot");
  const { id } = await server.json<{ id: string }>("POST", "/api/workflows/create-bot/runs", {
    values: {
      ...preselected(form),
      name: `mybot${attempt}`,
      token: `12345678${attempt}:abcdefghijklmnopqrstuvwxyz012345678`,
      chatId: "42",
    },
  });
  const open = async (width: number, height: number) => {
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    await watchShifts(page);
    await page.goto(`${server.origin}/runs/${id}`);
    return { page, width };
  };
  const pages = [await open(1280, 900), await open(390, 844)];
  const asked = await untilRun(server, id, ({ state }) => state === "asking" || isOver(state));
  expect(asked).toMatchObject({ state: "asking", error: null });
  for (const { page } of pages) await page.locator("#run-state", { hasText: "Needs you" }).waitFor();
  const phone = pages[1]?.page;
  await phone?.getByText("Nobody yet").click();
  await phone
    ?.locator('.step[data-state="asking"] form.ask button[type="submit"]', { hasText: "Continue" })
    .click();
  for (const { page, width } of pages) {
    await page.locator("#outcome-card").waitFor();
    await page.waitForTimeout(300);
    const shifts = await shiftsOf(page);
    const sum = shifts.reduce((all, { value }) => all + value, 0);
    expect(sum, `${width}: ${JSON.stringify(shifts, null, 1)}`).toBeLessThanOrEqual(unfelt);
    // What is pushed in above all else is noticed.
    await page.evaluate(`scrollTo(0, 0); const box = document.createElement("div");
      box.style.height = "500px"; document.body.prepend(box)`);
    await expect
      .poll(async () => (await shiftsOf(page)).reduce((all, { value }) => all + value, 0))
      .toBeGreaterThan(sum + noticed);
  }
});
