import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type SlackMessage, type SlackServer, startSlack } from "./slack-server.ts";
import { startTelegram, type TelegramServer } from "./telegram-server.ts";
import { ada, type MessengersWorld, openMessengersWorld, release } from "./world.ts";

let slack: SlackServer;
let telegram: TelegramServer;
let world: MessengersWorld;
let connection: string;
let bot: string;
beforeAll(async () => {
  [slack, telegram] = await Promise.all([startSlack({ ackMs: 150 }), startTelegram()]);
  world = await openMessengersWorld({ workflows: [release("blog"), release("wiki"), release("both")] });
  const { botToken, appToken, origin } = slack;
  connection = (await world.connect("slack", { botToken, appToken, apiRoot: origin })).id;
  bot = (await world.connect("telegram", { token: telegram.token, apiRoot: telegram.origin })).id;
  await vi.waitFor(() => expect(slack.sockets()).toBe(1), 50_000);
});
afterAll(async () => {
  await world.close();
  await Promise.all([slack.close(), telegram.close()]);
});

const found = <T>(look: () => T | undefined): Promise<T> =>
  vi.waitFor(() => {
    const it = look();
    if (it === undefined) throw new Error("not there yet");
    return it;
  }, 50_000);
/** What is said, and the answer to it, which has these words. */
const say = async (
  text: string,
  words: string,
  { user = "UANN", ...more }: { thread?: string; user?: string } = {},
) => {
  const before = slack.messages.length;
  slack.write(user, text, more);
  return found(() =>
    slack.messages
      .slice(before)
      .find(
        ({ channel, shown, ...one }) =>
          channel === `D${user}` && [...one.before, shown].join("\n").includes(words),
      ),
  );
};
const toDecide = (name: string): Promise<SlackMessage> =>
  found(() =>
    slack.messages.findLast(
      ({ shown, buttons }) => shown.includes(name) && buttons.some(({ label }) => label === "Approve"),
    ),
  );

describe("People in Slack", () => {
  test("are answered with one sentence until their account is linked by a code from the browser", async () => {
    await say("what's running?", "not linked to anybody");
    const { code } = world.messengers.linking.begin("owner", "slack", connection);
    await say(code, "go back to Milepost");
    const { account } = world.messengers.linking.confirm("owner", "T0001/UANN");
    expect(account).toEqual({ id: "T0001/UANN", name: "Person UANN", chat: "DUANN" });
    await world.link("slack", account.id, account.chat, connection);
    await say("help", "Ask me about runs");
    // A command is given anywhere; who gave it is written to by themselves.
    const next = world.messengers.linking.begin("owner", "slack", connection);
    slack.command("UBEN", next.code);
    await vi.waitFor(
      () => expect(world.messengers.linking.of("owner")?.account).toMatchObject({ chat: "UBEN" }),
      50_000,
    );
    world.messengers.linking.leave("owner");
  });

  test("are heard once, though Slack tells again what it took for lost, and acknowledged before anything is done", async () => {
    const before = slack.messages.length;
    slack.loseAcks(1);
    slack.write("UANN", "help");
    await vi.waitFor(() => expect(slack.redeliveries()).toBe(1), 50_000);
    await say("what's running?", "Nothing is under way.");
    expect(slack.messages.slice(before).map(({ shown }) => shown.split("\n")[0])).toEqual([
      "Ask me about runs, or say what to do with one:",
      "Nothing is under way.",
    ]);
  });

  test("are heard on after a message that is larger than any of Slack's, which is not read", async () => {
    const [sockets, before] = [slack.calls("apps.connections.open"), slack.messages.length];
    slack.write("UANN", "x".repeat(20_000_000));
    await vi.waitFor(() => expect(slack.calls("apps.connections.open")).toBe(sockets + 1), 50_000);
    await vi.waitFor(() => expect(slack.sockets()).toBe(1), 50_000);
    await say("help", "Ask me about runs");
    expect(slack.messages.length).toBe(before + 1);
  });

  test("are answered by a command so that nobody else sees it, and sent away from where others read", async () => {
    slack.command("UANN", "what's running?");
    await vi.waitFor(() => expect(slack.whispers.at(-1)).toContain("Nothing is under way"), 50_000);
    slack.write("UANN", "<@U0BOT> status", { channel: "C0GENERAL" });
    const told = await found(() => slack.messages.find(({ channel }) => channel === "C0GENERAL"));
    expect(told.shown).toContain("write to me where nobody else reads it");
  });

  test("decide by a press or by an answer in the thread, and the message says who", async () => {
    const run = await world.asking("blog");
    const asked = await toDecide("blog");
    slack.press("UANN", asked, "Reject");
    expect((await world.over(run)).state).toBe("failed");
    await vi.waitFor(() => expect(asked.shown).toContain("Owner in Slack"), 50_000);
    expect(asked.buttons).toEqual([]);

    const next = await world.asking("wiki");
    const thread = (await toDecide("wiki")).ts;
    const { thread: where } = await say("approve: fine by me", "is answered", { thread });
    expect(where).toBe(thread);
    expect((await world.over(next)).steps[0]?.detail).toBe("Approved by Owner in Slack: fine by me");
  });

  test("are heard on without a gap when Slack refreshes the socket, and after the line broke", async () => {
    const hears = () => world.messengers.lines().find(({ kind }) => kind === "slack")?.hears;
    const opened = slack.calls("apps.connections.open");
    slack.refresh();
    await vi.waitFor(() => expect(slack.calls("apps.connections.open")).toBe(opened + 1), 50_000);
    await vi.waitFor(() => expect(slack.sockets()).toBe(1), 50_000);
    await say("help", "Ask me about runs");
    slack.trouble("apps.connections.open", { does: "fail", status: 503 });
    slack.breakLine();
    await vi.waitFor(() => expect(slack.sockets()).toBe(1), 50_000);
    await say("help", "Ask me about runs");
    slack.trouble("apps.connections.open", { does: "refuse", error: "invalid_auth" });
    slack.breakLine();
    await vi.waitFor(() => expect(hears()?.because).toContain("invalid_auth"), 50_000);
    // One bad token takes nothing else down, and a good one is taken up again.
    await vi.waitFor(() => expect(hears()?.ok).toBe(true), 50_000);
  });
});

describe("A question that is shown in Slack and in Telegram", () => {
  test("is decided by one of two presses at the same moment; both messages then say who, and the other press is harmless", async () => {
    telegram.write({ id: 4_711, name: "Ann" }, "hello");
    await world.link("telegram", "4711", "4711", bot);
    const run = await world.asking("both");
    const there = await toDecide("both");
    const here = await found(() =>
      telegram.messages.findLast(({ buttons }) => buttons.some(({ text }) => text === "Approve")),
    );
    slack.press("UANN", there, "Approve");
    telegram.press({ id: 4_711, name: "Ann" }, here.id, "Approve");
    const done = await world.over(run);
    const said = done.steps[0]?.detail ?? "";
    expect(said).toMatch(/^Approved by Owner in (?:Slack|Telegram)$/);
    await vi.waitFor(() => expect(there.shown).toContain(said), 50_000);
    await vi.waitFor(() => expect(here.text).toContain(said), 50_000);
    expect([there.buttons, here.buttons.map(({ text }) => text)]).toEqual([[], ["Open the run"]]);
    // Each press was answered, the late one too.
    await vi.waitFor(() => expect(telegram.toasts.length).toBe(1), 50_000);
    await vi.waitFor(() => expect(slack.whispers.length).toBe(4), 50_000);
    expect(await world.channels.linked("telegram", "4711")).not.toBeNull();
    await world.channels.remove((await world.channels.linked("telegram", "4711"))?.id ?? "", ada);
  });
});
