import { expect, onTestFinished, test } from "vitest";
import { lineTrouble } from "#connectors/smtp/line-trouble.ts";
import { createMask } from "#core/secret-forms.ts";
import type { ChannelKind } from "#notify/channel.ts";
import { appriseChannel } from "#notify/channels/apprise.ts";
import { discordChannel } from "#notify/channels/discord.ts";
import { ntfyChannel } from "#notify/channels/ntfy.ts";
import { slackWebhookChannel } from "#notify/channels/slack-webhook.ts";
import { teamsChannel } from "#notify/channels/teams.ts";
import { secretsIn } from "#notify/channels/web-address.ts";
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
  return kind.send(
    message(),
    addressOf({ url: `${hook.url}/notify/key`, server: hook.url, topic: "t" }),
    signal(),
  );
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

const page = "\n<!DOCTYPE html><html><title>Sign in to this network</title></html>";

test.each([
  [discordChannel, page],
  [discordChannel, { ok: true }],
  [ntfyChannel, page],
  [ntfyChannel, { healthy: true }],
  [slackWebhookChannel, page],
  [teamsChannel, page],
  [appriseChannel, page],
])("what somebody else answers with a good status is not told as sent", async (kind, body) => {
  expect(await outcomeOf(kind, { status: 200, body })).toMatchObject({
    was: "later",
    because: expect.stringMatching(/answered, but not as \w+ does/),
  });
});

test.each([
  [
    discordChannel,
    400,
    { message: "Invalid Form Body", errors: { content: { _errors: [{ message: "Too long" }] } } },
    "Invalid Form Body; Too long",
  ],
  [
    ntfyChannel,
    403,
    { code: 40301, http: 403, error: "forbidden", link: "https://ntfy.sh/docs" },
    "forbidden",
  ],
  [
    teamsChannel,
    404,
    { error: { code: "WorkflowNotFound", message: "The workflow could not be found." } },
    "The workflow could not be found.",
  ],
  [slackWebhookChannel, 404, "no_service", "no_service"],
  [
    discordChannel,
    429,
    { message: "You are being rate limited.", retry_after: 3 },
    "You are being rate limited.",
  ],
  [discordChannel, 502, { message: "upstream is away" }, "upstream is away"],
  [discordChannel, 502, page, null],
])(
  "what is said with status %d is told in its own words, without the JSON around",
  async (kind, status, body, words) => {
    const outcome = await outcomeOf(kind, { status, body });
    const because = "because" in outcome ? outcome.because : "";
    expect(because).toMatch(words === null ? /status 502\.$/ : /: /);
    expect(because.split(": ")[1] ?? null).toBe(words);
  },
);

test("a redirect is told with where it leads, and is not followed", async () => {
  const headers = { location: "https://chat.example.org/hooks/new" };
  const outcome = await outcomeOf(slackWebhookChannel, { status: 301, body: "", headers });
  expect(outcome).toEqual({
    was: "refused",
    because: expect.stringMatching(
      /^127\.0\.0\.1:\d+ sends us on to https:\/\/chat\.example\.org\/hooks\/new \(status 301\), which is not followed\./,
    ),
  });
});

test("of an address that is a secret its host may be told, and nothing behind it", async () => {
  const url = new URL("https://ann:hunter2@hooks.example/a/SECRET?sig=HIDDEN");
  const told = createMask(secretsIn(url))(`hooks.example says no to ${url.href}`);
  expect(told).toMatch(/^hooks\.example says no to https:/);
  for (const secret of ["hunter2", "SECRET", "HIDDEN"]) expect(told).not.toContain(secret);
  // Where nothing is behind the host, the host is the secret.
  expect(secretsIn(new URL("https://hooks.example/"))).toEqual(["https://hooks.example/"]);
});

test.each([
  [
    "getaddrinfo ENOTFOUND mail.example",
    "starttls",
    /^The name mail\.example does not resolve \(ENOTFOUND\)\.$/,
  ],
  [
    "connect ECONNREFUSED 10.0.0.1:25",
    "starttls",
    /^mail\.example:25 refuses the connection \(ECONNREFUSED\)/,
  ],
  [
    "80F7:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:",
    "tls",
    /choose STARTTLS/,
  ],
  ["Greeting never received", "starttls", /Where it wants TLS from the start/],
  ["Connection timeout", "tls", /^mail\.example:25 does not answer \(ETIMEDOUT\)\.$/],
  ["450 try later", "tls", /^null$/],
])("“%s” of the mail server's client is told so that a person can act on it", (said, security, told) => {
  expect(String(lineTrouble(said, { host: "mail.example", port: "25", security }))).toMatch(told);
});
