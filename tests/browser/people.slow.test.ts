import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import type { Listening } from "#main/listen.ts";
import { launchBrowser } from "../views/browser.ts";
import { listen } from "../web/listen.ts";
import { openSite, type Site } from "../web/site.ts";
import { complaintsOf, expectAccessible, expectNoSidewaysScroll, signInBy } from "./browser.ts";

/** Waits for somebody else than who started it, and then works until it is told to end. */
let goOn = () => {};
const release = workflow(
  "release",
  "Release",
  "Asks somebody else, then works.",
  start({ subject: () => "v2" }),
)
  .approve("agree", "May it be released?", {
    about: () => ({
      what: "Puts v2 in front of everybody.",
      risk: "high",
      impact: [],
      who: { notByStarter: true },
    }),
  })
  .do("publish", "Publish", {
    run: ({ log, signal }) =>
      new Promise<void>((resolve, reject) => {
        log("publishing");
        goOn = resolve;
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  })
  .hands(() => ({ sentence: "It is out." }));

let site: Site;
let listening: Listening;
let browser: Browser;
/** Browsers keep passkeys for names, and every name below localhost is this machine. */
let origin: string;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite({ workflows: [release] }), launchBrowser()]);
  listening = await listen(site);
  origin = listening.origin.replace("127.0.0.1", "localhost");
});
afterAll(async () => {
  goOn();
  await browser.close();
  listening.close();
  await site.close();
});

const signedIn = async (link: string): Promise<{ context: BrowserContext; page: Page }> => {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  await signInBy(page, `${origin}/sign-in?token=${link}`);
  return { context, page };
};

it("one starts, another approves, each sees at once what the other did; who is removed is told so and follows nothing more; a stranger follows by a link until it is taken back", async () => {
  const { page } = await signedIn(await site.deps.signIn.newLink());
  await page.goto(`${origin}/people`);
  await page.getByLabel("Name").last().fill("Grace");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = (await page.locator("#invitation-code").textContent()) ?? "";
  const grace = await signedIn(new URL(link).searchParams.get("token") ?? "");

  await page.goto(`${origin}/workflows/release`);
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("It waits for").waitFor();
  expect(await page.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);

  await grace.page.goto(page.url());
  await grace.page.getByRole("button", { name: "Approve" }).click();
  // Nobody loads the page anew: it learns by itself.
  await page.getByText("Approved by Grace").first().waitFor();
  await grace.page.getByText("publishing").first().waitFor();
  await expect.poll(() => streams()).toBe(2);

  const other = await page.context().newPage();
  await other.goto(`${origin}/people`);
  await other.locator("summary", { hasText: "Remove…" }).click();
  await other.getByRole("button", { name: "Yes, remove them" }).click();
  await grace.page.getByText("You are signed out here").waitFor();
  await expect.poll(() => streams()).toBe(1);
  await grace.page.reload();
  await grace.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText("live ·").waitFor();
  await grace.context.close();

  // Who is not signed in follows the run by a link until it is taken back.
  const runPage = page.url();
  await page.getByText("Share by a link").click();
  await page.locator("#share-part").getByRole("button", { name: "Make a link" }).click();
  const shared = (await page.locator("#share-link-code").textContent()) ?? "";
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(shared);
  await stranger.getByText("publishing").first().waitFor({ state: "attached" });
  expect(await stranger.getByRole("button", { name: /Cancel|Pause/ }).count()).toBe(0);
  // Another who follows by another link sees at once that it was taken back.
  await page.goto(runPage);
  await page.getByText("Share by a link (1)").click();
  await page.locator("#share-part").getByRole("button", { name: "Make a link" }).click();
  const second = (await page.locator("#share-link-code").textContent()) ?? "";
  const follower = await (await browser.newContext()).newPage();
  await follower.goto(second);
  await follower.getByText("publishing").first().waitFor({ state: "attached" });
  await page.goto(runPage);
  await page.getByText("Share by a link (2)").click();
  await page.locator("#share-part summary", { hasText: "Take back…" }).first().click();
  await page.getByRole("button", { name: "Yes, take it back" }).first().click();
  await follower.getByText("This link leads to nothing").waitFor();
  expect(await follower.getByText("publishing").count()).toBe(0);
  await page.getByText("Share by a link (1)").waitFor();
  goOn();
  await stranger.getByText("It is out.").waitFor();
  await page.goto(runPage);
  await page.getByText("Share by a link (1)").click();
  await page.locator("#share-part summary", { hasText: "Take back…" }).click();
  await page.getByRole("button", { name: "Yes, take it back" }).click();
  await page.getByText("Share by a link (1)").waitFor({ state: "detached" });
  await stranger.reload();
  await stranger.getByText("This link leads to nothing").waitFor();
});

/** Event streams that are open now. */
const streams = async (): Promise<number> =>
  Number(/^milepost_event_streams (\d+)$/m.exec(await (await site.call("GET", "/metrics")).text())?.[1]);

it("a passkey is added, signs in by its button and by itself where the browser offers it, and is removed", async () => {
  const { context, page } = await signedIn(await site.deps.signIn.newLink());
  const complaints = complaintsOf(page);
  const device = await context.newCDPSession(page);
  await device.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  });
  const touch = (enabled: boolean) =>
    device.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  await page.goto(`${origin}/settings`);
  await touch(true);
  await page.getByLabel("Name of the passkey").fill("Laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.locator(".row", { hasText: "Laptop" }).getByText("not used yet").waitFor();
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);

  // Where somebody has one, the browser offers it beside the field; here it is taken as soon as it is offered.
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Start", exact: true }).waitFor();

  await touch(false);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).waitFor();
  await expectAccessible(page);
  await touch(true);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("heading", { name: "Start", exact: true }).waitFor();

  await page.goto(`${origin}/settings`);
  await page.getByText("with the passkey “Laptop”").waitFor();
  const row = page.locator(".row", { hasText: "for localhost" });
  await row.locator("summary").click();
  await row.getByRole("button", { name: "Yes, remove it" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await page.getByRole("button", { name: "Sign in with a passkey" }).count()).toBe(0);
  // The page may have asked for what is new just when its session ended.
  expect(complaints.filter((said) => !said.includes("401 (Unauthorized)"))).toEqual([]);
  await context.close();
});
