import { expect, onTestFinished, test } from "vitest";
import type { ChannelKind } from "#notify/channel.ts";
import { appriseChannel } from "#notify/channels/apprise.ts";
import { discordChannel } from "#notify/channels/discord.ts";
import { slackWebhookChannel } from "#notify/channels/slack-webhook.ts";
import { teamsChannel } from "#notify/channels/teams.ts";
import { addressOf, message, signal } from "./channel-contract.ts";
import { type Said, startHook } from "./hook-server.ts";

/** What becomes of a message to a hook that answers so. */
const outcomeOf = async (kind: ChannelKind, said: Said) => {
  const nothing: Said = { status: 404 };
  const hook = await startHook({
    path: "/notify/key",
    take: () => said,
    throttled: () => nothing,
    gone: nothing,
  });
  onTestFinished(() => hook.close());
  return kind.send(message(), addressOf({ url: `${hook.url}/notify/key` }), signal());
};

test.each([
  [{ retry_after: 12.5 }, {}, 12_500],
  [{ ok: false, parameters: { retry_after: 9 } }, {}, 9_000],
  [{ retry_after: 2 }, { "retry-after": "30" }, 30_000],
  [{ retry_after: 30 }, { "retry-after": "2" }, 30_000],
  [{ retry_after: -1 }, {}, null],
  ["slow down", {}, null],
])(
  "a hook that takes no more and says %j with %j is left alone as long as it says",
  async (body, headers, afterMs) => {
    expect(
      await outcomeOf(discordChannel, { status: 429, body, headers: headers as Record<string, string> }),
    ).toMatchObject({
      was: "later",
      afterMs,
    });
  },
);

test.each([
  [slackWebhookChannel, { ok: false, error: "channel_is_archived" }],
  [slackWebhookChannel, { success: false, error: "room is gone" }],
  [teamsChannel, { status: "error", message: "no such flow" }],
  [appriseChannel, { error: "no services" }],
])("what a hook says no to with a good status is not told as sent, but in its words", async (kind, body) => {
  const outcome = await outcomeOf(kind, { status: 200, body });
  expect(outcome).toMatchObject({ was: "refused" });
  expect("because" in outcome ? outcome.because : "").toContain(Object.values(body).at(-1));
});

test.each([
  [slackWebhookChannel, "ok"],
  [slackWebhookChannel, { ok: true }],
  [slackWebhookChannel, { success: true }],
  [teamsChannel, ""],
  [appriseChannel, { error: null }],
])("and what it says yes to, or nothing about, is", async (kind, body) => {
  expect(await outcomeOf(kind, { status: 200, body })).toEqual({ was: "delivered", remote: null });
});
