import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ownerId } from "#core/people.ts";
import type { Listening } from "#main/listen.ts";
import { createPushChannel } from "#notify/channels/push.ts";
import { asksFirst } from "../notify/world.ts";
import { launchBrowser } from "../views/browser.ts";
import { listen } from "../web/listen.ts";
import { openSite, type Site } from "../web/site.ts";
import { signInBy } from "./browser.ts";

let site: Site;
let listening: Listening;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([openSite({ workflows: [asksFirst()] }), launchBrowser()]);
  listening = await listen(site);
});
afterAll(async () => {
  await browser.close();
  listening.close();
  await site.close();
});

/** What a page of ours can reach of the worker that shows notifications. */
const registered = (page: Page): Promise<string> =>
  page.evaluate(`(async () => {
    await navigator.serviceWorker.register("/push-worker.js");
    return (await navigator.serviceWorker.ready).scope;
  })()`);

// A real browser, because only it has the worker's notifications and their buttons.
it("shows a push without an open page of the run, and its button approves, so that the run goes on", async () => {
  const origin = listening.origin.replace("127.0.0.1", "localhost");
  const context = await browser.newContext();
  await context.grantPermissions(["notifications"], { origin });
  const page = await context.newPage();
  await signInBy(page, `${origin}/sign-in?token=${await site.deps.signIn.newLink()}`);
  await page.goto(`${origin}/notifications`);
  expect(await registered(page)).toBe(`${origin}/`);

  const { deps, engine, store } = site;
  Object.assign(deps.notify.channels.kind("echo"), { from: createPushChannel({} as never).from });
  const channel = await deps.notify.channels.add(
    { personId: ownerId, kind: "echo", name: "Phone", values: { address: "a", token: "right" } },
    { kind: "person", id: ownerId, name: "Ada" },
  );
  const { runId } = await engine.start("careful", {}, "Ada");
  await engine.settled(runId, 5_000, AbortSignal.timeout(20_000));
  const asked = (await store.run(runId))?.steps[0]?.attemptAt ?? 0;
  const id = deps.newId();
  const about = {
    id,
    key: "one",
    runId,
    n: 3,
    stepId: "ok",
    asked,
    personId: ownerId,
    channelId: channel.id,
  };
  await store.notify.spread(
    [],
    [{ ...about, kind: "needs-you", nextAt: null, because: null, createdAt: 1 }],
    [],
  );

  const cdp = await context.newCDPSession(page);
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  const registration = new Promise<string>((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    });
  });
  await cdp.send("ServiceWorker.enable");
  const act = `${origin}/decide/${deps.notify.decisions.tokenFor(id, "approve", "act")}/now`;
  const payload = {
    tag: id,
    title: "A flow",
    body: "Approval required.",
    url: `${origin}/runs/${runId}`,
    approve: act,
    loud: true,
    silent: false,
  };
  await cdp.send("ServiceWorker.deliverPushMessage", {
    origin,
    registrationId: await registration,
    data: JSON.stringify(payload),
  });
  const shown = (): Promise<{ title: string; body: string; tag: string }[]> =>
    page.evaluate(`(async () => {
      const all = await (await navigator.serviceWorker.ready).getNotifications();
      return all.map(({ title, body, tag }) => ({ title, body, tag }));
    })()`);
  await expect.poll(shown).toEqual([{ title: "A flow", body: "Approval required.", tag: id }]);
  await worker.evaluate(`(async () => {
    const [notification] = await registration.getNotifications();
    dispatchEvent(new NotificationEvent("notificationclick", { notification, action: "approve" }));
  })()`);
  await expect.poll(async () => (await store.run(runId))?.run.state).toBe("completed");
  await expect.poll(async () => (await shown())[0]?.body).toMatch(/^Approved by \S+ in a notification/);
});
