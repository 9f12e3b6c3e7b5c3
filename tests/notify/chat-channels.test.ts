import { describe, expect, test } from "vitest";
import type { ChannelKind } from "#notify/channel.ts";
import { appriseChannel } from "#notify/channels/apprise.ts";
import { discordChannel } from "#notify/channels/discord.ts";
import { slackChannel } from "#notify/channels/slack.ts";
import { slackWebhookChannel } from "#notify/channels/slack-webhook.ts";
import { teamsChannel } from "#notify/channels/teams.ts";
import { telegramChannel } from "#notify/channels/telegram.ts";
import { freePort } from "../free-port.ts";
import { startSlack } from "../messengers/slack-server.ts";
import { startTelegram } from "../messengers/telegram-server.ts";
import { addressOf, channelContract, message, type Side, signal } from "./channel-contract.ts";
import { appriseRules, discordRules, type HookRules, startHook, teamsRules } from "./hook-server.ts";

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

const all: [string, ChannelKind, () => Promise<Side>][] = [
  ["Telegram", telegramChannel, telegramSide],
  ["Slack", slackChannel, () => slackSide(false)],
  ["Slack by webhook", slackWebhookChannel, () => slackSide(true)],
  ["Discord", discordChannel, () => hookSide(discordRules)],
  ["Teams", teamsChannel, () => hookSide(teamsRules)],
  ["Apprise", appriseChannel, () => hookSide(appriseRules)],
];

for (const [name, kind, open] of all) channelContract(name, kind, open);

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
