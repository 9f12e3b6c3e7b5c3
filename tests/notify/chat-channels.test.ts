import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Address, ChannelKind } from "#notify/channel.ts";
import { appriseChannel } from "#notify/channels/apprise.ts";
import { discordChannel } from "#notify/channels/discord.ts";
import { slackChannel } from "#notify/channels/slack.ts";
import { slackWebhookChannel } from "#notify/channels/slack-webhook.ts";
import { teamsChannel } from "#notify/channels/teams.ts";
import { telegramChannel } from "#notify/channels/telegram.ts";
import type { Message } from "#notify/message.ts";
import { freePort } from "../free-port.ts";
import { startSlack } from "../messengers/slack-server.ts";
import { startTelegram } from "../messengers/telegram-server.ts";
import { appriseRules, discordRules, type HookRules, startHook, teamsRules } from "./hook-server.ts";

/** The other side of a channel, and what can happen there. */
interface Side {
  to: Address;
  /** To a place where nothing listens. */
  nowhere: Address;
  /** What people see there, message by message. */
  shown(): string[];
  /** How often it was asked to take a message. */
  asked(): number;
  throttle(seconds: number): void;
  /** The message arrives, its answer does not. */
  cut(): void;
  fail(): void;
  /** The address is good no more. */
  end(): void;
  secrets: readonly string[];
  close(): Promise<void>;
}

const addressOf = (values: Record<string, string>, through: Record<string, string> = {}): Address => ({
  channel: { id: "c", name: "c", personId: "p", account: null },
  values,
  through,
});

const telegramSide = async (): Promise<Side> => {
  const server = await startTelegram();
  server.write({ id: 7, name: "Ann" }, "hello");
  const values = { chat: "7" };
  const through = { token: server.token, apiRoot: server.origin };
  return {
    to: addressOf(values, through),
    nowhere: addressOf(values, { ...through, apiRoot: `http://127.0.0.1:${await freePort()}` }),
    shown: () => server.messages.map(({ text, buttons }) => `${text} ${JSON.stringify(buttons)}`),
    asked: () => server.calls("sendMessage"),
    throttle: (seconds) => server.trouble("sendMessage", { does: "throttle", seconds }),
    cut: () => server.trouble("sendMessage", { does: "cut", after: "done" }),
    fail: () => server.trouble("sendMessage", { does: "fail", status: 502, description: "Bad Gateway" }),
    end: () => server.block(7),
    secrets: [server.token],
    close: server.close,
  };
};

const slackSide = async (isHook: boolean): Promise<Side> => {
  const server = await startSlack();
  const method = isHook ? "hook" : "chat.postMessage";
  const { botToken, appToken, origin, hook } = server;
  const through: Record<string, string> = isHook ? {} : { botToken, appToken, apiRoot: origin };
  const values: Record<string, string> = isHook ? { url: hook } : { chat: "D1" };
  const elsewhere = `http://127.0.0.1:${await freePort()}/api/`;
  return {
    to: addressOf(values, through),
    nowhere: isHook ? addressOf({ url: elsewhere }) : addressOf(values, { ...through, apiRoot: elsewhere }),
    shown: () => server.messages.map(({ shown, buttons }) => `${shown} ${JSON.stringify(buttons)}`),
    asked: () => server.calls(method),
    throttle: (seconds) => server.trouble(method, { does: "throttle", seconds }),
    cut: () => server.trouble(method, { does: "cut", after: "done" }),
    fail: () => server.trouble(method, { does: "fail", status: 503 }),
    end: () => server.trouble(method, { does: "refuse", error: isHook ? "no_service" : "is_archived" }),
    secrets: [botToken, "hook/secret"],
    close: server.close,
  };
};

const hookSide = async (rules: HookRules, values: Record<string, string> = {}): Promise<Side> => {
  const hook = await startHook(rules);
  const elsewhere = `http://127.0.0.1:${await freePort()}${rules.path}`;
  return {
    to: addressOf({ url: hook.url, ...values }),
    nowhere: addressOf({ url: elsewhere, ...values }),
    shown: () => hook.taken.map(({ shown }) => shown),
    asked: () => hook.requests,
    throttle: (seconds) => {
      hook.next = { does: "throttle", seconds };
    },
    cut: () => {
      hook.next = { does: "cut" };
    },
    fail: () => {
      hook.next = { does: "fail" };
    },
    end: () => {
      hook.next = { does: "gone" };
    },
    secrets: [rules.path],
    close: hook.close,
  };
};

const message = (over: Partial<Message> = {}): Message => ({
  id: "m1",
  kind: "needs-you",
  urgency: "urgent",
  title: "Release: blog",
  sentence: "Approval required at step 1 of 2.",
  lines: ["✓ Checked"],
  facts: [{ label: "Risk", value: "low" }],
  percent: 40,
  links: [{ label: "Open the run", href: "https://milepost.example/runs/1" }],
  buttons: [
    { verb: "approve", label: "Approve", token: "t.a.x", page: null, act: null },
    { verb: "reject", label: "Reject", token: "t.r.x", page: null, act: null },
  ],
  thread: null,
  expiresAt: null,
  at: 0,
  ...over,
});
const signal = () => AbortSignal.timeout(20_000);
/** Signs of eleven units each, and what would be markup everywhere. */
const family = "👩‍👩‍👧‍👦";
const long = (many: number) => `<b>&*_~\`[@everyone](x)|${family}`.repeat(many);
const loneHalf = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

const all: [string, ChannelKind, () => Promise<Side>][] = [
  ["Telegram", telegramChannel, telegramSide],
  ["Slack", slackChannel, () => slackSide(false)],
  ["Slack by webhook", slackWebhookChannel, () => slackSide(true)],
  ["Discord", discordChannel, () => hookSide(discordRules)],
  ["Teams", teamsChannel, () => hookSide(teamsRules)],
  ["Apprise", appriseChannel, () => hookSide(appriseRules)],
];

describe.each(all)("A message by %s", (_name, kind, open) => {
  let side: Side;
  beforeAll(async () => {
    side = await open();
  });
  afterAll(() => side.close());

  test("arrives with all that it says, and is changed in its place where that can be", async () => {
    const sent = await kind.send(message(), side.to, signal());
    expect(sent).toMatchObject({ was: "delivered" });
    const [shown = ""] = side.shown();
    for (const word of ["blog", "Approval required at step 1 of 2", "✓ Checked", "Risk", "low", "40 %"])
      expect(shown).toContain(word);
    expect(shown.replaceAll("\\\\", "")).toContain("https://milepost.example/runs/1");
    expect(shown.includes("t.a.x")).toBe(kind.can.buttons > 0);
    const remote = sent.was === "delivered" ? sent.remote : null;
    expect(remote !== null).toBe(kind.can.edits);
    if (remote === null || kind.edit === undefined) return;
    const decided = message({ sentence: "Approved by Ann.", buttons: [] });
    expect(await kind.edit(decided, remote, side.to, signal())).toEqual({ was: "delivered", remote });
    // The same once more is no fault.
    expect(await kind.edit(decided, remote, side.to, signal())).toEqual({ was: "delivered", remote });
    expect(side.shown()).toHaveLength(1);
    expect(side.shown()[0]).toContain("Approved by Ann");
    expect(side.shown()[0]).not.toContain("t.a.x");
    const other = remote.replace(/\d+$/, "999");
    expect(await kind.edit(decided, other, side.to, signal())).toEqual({ was: "gone" });
  });

  test("keeps to the limits there, cuts no sign in two, and takes nothing for markup", async () => {
    const before = side.shown().length;
    for (const many of [1, 40, 400]) {
      const given = message({
        title: long(many),
        sentence: long(many),
        lines: Array.from({ length: many }, () => long(9)),
        facts: Array.from({ length: 40 }, () => ({ label: long(many), value: long(many) })),
        links: Array.from({ length: 9 }, (_, n) => ({ label: long(many), href: `https://a.example/${n}` })),
        buttons: message().buttons.map((one) => ({ ...one, label: long(many) })),
      });
      expect(await kind.send(given, side.to, signal())).toMatchObject({ was: "delivered" });
    }
    const shown = side.shown().slice(before);
    expect(shown).toHaveLength(3);
    for (const one of shown) {
      expect(one).not.toMatch(loneHalf);
      expect(one).not.toMatch(/^PING/);
      // No family lost a member.
      expect(one.replaceAll(family, "")).not.toMatch(/\u200d/);
    }
  });

  test("waits as long as the other side wants to be left alone", async () => {
    side.throttle(7);
    expect(await kind.send(message(), side.to, signal())).toMatchObject({ was: "later", afterMs: 7_000 });
  });

  test("is sent once, whatever became of its answer, and says that it may be there", async () => {
    for (const trouble of [side.cut, side.fail]) {
      const before = side.asked();
      trouble();
      expect(await kind.send(message(), side.to, signal())).toMatchObject({ was: "ambiguous" });
      expect(side.asked()).toBe(before + 1);
    }
  });

  test("certainly is not there when no connection came about", async () => {
    const outcome = await kind.send(message(), side.nowhere, signal());
    expect(outcome).toMatchObject({ was: "later", afterMs: null });
    for (const secret of side.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  test("says when the address reaches nobody any more, in the other side's words and without our secrets", async () => {
    side.end();
    const outcome = await kind.send(message(), side.to, signal());
    expect(outcome).toMatchObject({ was: "dead" });
    for (const secret of side.secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
  });
});

describe("A message by Telegram", () => {
  test("goes to the group's new id when it has one, and plainly where its links are not taken", async () => {
    const server = await startTelegram();
    server.write({ id: 7, name: "Ann" }, "hello", { chat: -5 });
    server.migrate(-5, -1005);
    const to = addressOf({ chat: "-5" }, { token: server.token, apiRoot: server.origin });
    expect(await telegramChannel.send(message(), to, signal())).toMatchObject({
      was: "dead",
      moved: { chat: "-1005" },
    });
    const home = addressOf({ chat: "-1005" }, to.through);
    const links = [{ label: "Open the run", href: "http://localhost:3000/runs/1" }];
    expect(await telegramChannel.send(message({ links }), home, signal())).toMatchObject({
      was: "delivered",
    });
    expect(server.messages[0]?.text).toContain("Open the run: http://localhost:3000/runs/1");
    server.trouble("sendMessage", {
      ...{ does: "fail", status: 400 },
      description: "Bad Request: can't parse entities: Can't find end of the entity",
    });
    expect(await telegramChannel.send(message(), home, signal())).toMatchObject({ was: "delivered" });
    await server.close();
  });
});
