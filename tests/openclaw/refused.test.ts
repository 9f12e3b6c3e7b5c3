import { expect, test } from "vitest";
import { assertNotBlocked } from "#openclaw/gateway.ts";

const account = { accountId: "badbot", running: true };
/** As OpenClaw 2026.7.35 said it, whose accounts have no lifecycle. */
const unauthorized =
  'Telegram bot token unauthorized for account "badbot" (getMe returned 401 from Telegram; source: tokenFile token).';

test.each([
  ["as blocked", { ...account, lifecycle: "blocked", lastError: "channel startup blocked" }],
  ["by its last error only", { ...account, lastError: unauthorized }],
])("a token that Telegram refused is told at once where the gateway says so %s", (_, seen) => {
  expect(() => assertNotBlocked(seen, "node1")).toThrow(
    expect.objectContaining({ code: "remote-refused", detail: seen.lastError }),
  );
});

test.each([
  ["it is being connected again", { ...account, lifecycle: "starting", lastError: unauthorized }],
  ["the network is away", { ...account, lastError: "fetch failed: ECONNREFUSED 127.0.0.1:401" }],
  ["nothing is said", account],
])("an account is waited for while %s", (_, seen) => {
  expect(() => assertNotBlocked(seen, "node1")).not.toThrow();
});
