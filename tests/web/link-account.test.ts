import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startTelegram, type TelegramServer } from "../messengers/telegram-server.ts";
import { ada } from "../people/ada.ts";
import { forRuns, openSite, type Site } from "./site.ts";

let site: Site;
let telegram: TelegramServer;
beforeAll(async () => {
  [site, telegram] = await Promise.all([openSite(), startTelegram()]);
});
afterAll(async () => {
  await site.deps.messengers.close();
  await site.close();
  await telegram.close();
});

const page = async () => (await site.get("/notifications/link?kind=telegram")).text();

test("an account is linked on a page that shows a code, then who wrote it, and only then makes it somebody's", async () => {
  expect(await page()).toContain("There is no Telegram connection yet.");
  const values = { token: telegram.token, apiRoot: telegram.origin };
  const { id } = await site.deps.connections.add("telegram", "Our bot", values, ada);
  await site.deps.messengers.open();
  await telegram.polled();
  expect(await page()).toContain("Show a code for Our bot");
  const begun = await site.post("/notifications/link", { kind: "telegram", connection: id });
  expect(begun.status).toBe(303);
  const code = /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(await page())?.[0] ?? "";
  await vi.waitFor(
    async () =>
      expect(await page()).toContain(`https://t.me/milepost_test_bot?start=${code.replace("-", "")}`),
    15_000,
  );
  telegram.write({ id: 42, name: "Ann" }, `/start ${code}`);
  await vi.waitFor(async () => expect(await page()).toContain("(42 in Telegram) wrote the code."), 50_000);
  expect(await site.deps.notify.channels.linked("telegram", "42")).toBeNull();
  expect((await site.post("/notifications/link/confirm", { account: "43" })).status).toBe(409);
  expect((await site.post("/notifications/link/confirm", { account: "42" })).status).toBe(303);
  const channel = await site.deps.notify.channels.linked("telegram", "42");
  expect(channel).toMatchObject({ personId: "owner", name: "Telegram: Ann", lastTest: { ok: true } });
  expect(telegram.messages.at(-1)?.text).toContain("This is how Milepost reaches you");
  // What it is told is changed like that of any other; whom it reaches is not.
  const path = `/notifications/channels/${channel?.id}`;
  await site.post(path, { name: "Phone", on: "on", chat: "43", "want-failed": "on" });
  expect(await site.deps.notify.channels.linked("telegram", "42")).toMatchObject({
    ...{ name: "Phone", values: { chat: "42", name: "Ann" } },
  });
  const forged = await site.post("/notifications/new", { kind: "telegram", name: "Other", chat: "43" });
  expect(forged.status).toBe(400);
  const [deed] = (await site.store.accounts.audits(9)).filter(({ did }) => did === "added a channel");
  expect(deed).toMatchObject({ did: "added a channel", target: "Telegram: Telegram: Ann" });
});

test("no token says that an account is somebody's, and a code that is left is good no more", async () => {
  const { secret } = await site.deps.tokens.create(forRuns("program"), ada);
  const headers = { Authorization: `Bearer ${secret}` };
  const [bot] = await site.deps.connections.list("telegram");
  const form = { kind: "telegram", connection: bot?.id ?? "" };
  expect((await site.post("/notifications/link", form, { cookie: null, headers })).status).toBe(403);
  await site.post("/notifications/link", form);
  const code = /[A-Z2-9]{4}-[A-Z2-9]{4}/.exec(await page())?.[0] ?? "";
  expect((await site.post("/notifications/link/leave", { kind: "telegram" })).status).toBe(303);
  const before = telegram.messages.length;
  telegram.write({ id: 7, name: "Eve" }, code);
  await vi.waitFor(
    () =>
      expect(
        telegram.messages
          .slice(before)
          .map(({ text }) => text)
          .join(),
      ).toContain("not known"),
    15_000,
  );
});

test("a bot that is no longer heard is told beside its connection, with why", async () => {
  const connections = async () => (await site.get("/connections")).text();
  expect(await connections()).not.toContain("is not heard");
  telegram.revoke();
  // The poll that is held ends, and the next one is refused.
  telegram.write({ id: 42, name: "Ann" }, "hello");
  await vi.waitFor(async () => expect(await connections()).toContain("is not heard"), 50_000);
  expect(await connections()).toContain("copy it again from @BotFather");
});
