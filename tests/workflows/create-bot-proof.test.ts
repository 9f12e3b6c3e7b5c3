import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import { AppError } from "#core/errors.ts";
import { nextTryMs, usualRetry } from "#core/retry.ts";
import {
  accountOf,
  accountsOf,
  assertNotBlocked,
  isStartedAfter,
  lastSeen,
  startedAccountsOf,
} from "#openclaw/gateway.ts";
import { createOpenclaw, gatewayRetry } from "#openclaw/openclaw.ts";
import { lookAtRestart } from "#openclaw/restart.ts";
import { takeTurn } from "#openclaw/turn.ts";
import type { BotDeps } from "#workflows/create-bot/deps.ts";
import { outcome } from "#workflows/create-bot/outcome.ts";
import { askAdmit } from "#workflows/create-bot/steps/admit.ts";

/** What OpenClaw 2026.9.6 printed on a real node, shortened; by the first words of the command. */
const recorded = {
  answered: {
    "agent --agent": [
      0,
      '{"runId":"3206a4d5","status":"ok","summary":"completed","result":{"payloads":[{"text":"Four, says the stand-in.","mediaUrl":null}],"meta":{"durationMs":57482}}}',
    ],
  },
  keyless: {
    "agent --agent": [
      1,
      '{"ok":false,"runId":"0f387b5e","origin":"gateway","error":{"type":"cli_error","message":"No route-compatible authentication source is configured for openai."}}',
    ],
    "models status": [
      0,
      '{"agentId":"alpha","defaultModel":"openai/gpt-6-astra","resolvedDefault":"openai/gpt-6-astra","auth":{"missingProvidersInUse":["openai"],"providers":[{"provider":"openrouter"}]}}',
    ],
  },
  wrongKey: {
    "agent --agent": [
      1,
      '{"ok":false,"error":{"type":"cli_error","message":"Authentication failed (provider returned HTTP 401)"}}',
    ],
    "models status": [
      0,
      '{"agentId":"alpha","resolvedDefault":"openai/gpt-6-astra","auth":{"missingProvidersInUse":[],"providers":[]}}',
    ],
  },
} as const;

const ended: ExecResult = {
  ...{ command: "", code: 0, signal: null, stdout: "", stderr: "" },
  ...{ truncated: false, noise: "", durationMs: 1, stop: null },
};

const nodeThatSays = (said: Readonly<Record<string, readonly [number, string]>>, sent: string[] = []) => {
  const exec = async (text: string): Promise<ExecResult> => {
    sent.push(text);
    const [code, stdout] = said[text.split(" ").slice(1, 3).join(" ")] ?? [127, ""];
    return { ...ended, command: text, code, stdout };
  };
  const ssh = { name: "node1", exec } as unknown as Parameters<typeof createOpenclaw>[0]["ssh"];
  const signal = new AbortController().signal;
  const openclaw = createOpenclaw({ ssh, program: "openclaw", signal, limitMs: 1_000, log: () => {} });
  return { ssh, openclaw, commandLimitMs: 600_000 } as unknown as Parameters<typeof takeTurn>[0];
};
const turnOf = (said: Parameters<typeof nodeThatSays>[0]) => takeTurn(nodeThatSays(said), "alpha", () => {});

describe("the proof that a bot answers", () => {
  it("is what it said when it was asked", async () => {
    expect(await turnOf(recorded.answered)).toEqual({ answered: true, text: "Four, says the stand-in." });
  });

  it("names the provider that has no credentials, not the number of those that have", async () => {
    expect(await turnOf(recorded.keyless)).toEqual({
      answered: false,
      why: expect.stringContaining("There are no credentials of “openai”, whose model this bot uses"),
    });
  });

  // As 2026.9.6 said them of a provider that answered 529, 401 and 402. A key that was refused is on its list of missing ones for a while.
  it.each([
    "The AI service is temporarily overloaded. Please try again in a moment.",
    "Authentication failed (provider returned HTTP 401). Your provider token may have expired — try the request again in a moment. If the failure persists, re-authenticate this provider.",
    'Inline API key for provider "standin" is temporarily disabled after a provider auth/billing failure. Retry after about 9 minutes, or switch to a different auth profile/API key.',
    "⚠️ standin (tiny) returned a billing error — your API key has run out of credits or has an insufficient balance. Check your standin billing dashboard and top up or switch to a different API key.",
  ])("is no lack of credentials where a provider refuses them: “%s”", async (message) => {
    const envelope = JSON.stringify({ ok: false, error: { type: "cli_error", message } });
    const [, listed] = recorded.keyless["models status"];
    const turn = await turnOf({ "agent --agent": [1, envelope], "models status": [0, listed] });
    expect(turn).toMatchObject({ answered: false, why: expect.stringContaining(message) });
  });

  it("gives the provider's own refusal when there are credentials", async () => {
    const turn = await turnOf(recorded.wrongKey);
    expect(turn).toMatchObject({
      answered: false,
      why: expect.stringContaining("provider returned HTTP 401"),
    });
  });
});

describe("how long a bot may take for its answer", () => {
  it.each([
    [180, "150"],
    [600, "500"],
    [1_800, "1500"],
    [10, "8"],
  ])("is a part of the connection's limit for a command: of %d s %s", async (limitS, told) => {
    const sent: string[] = [];
    const node = nodeThatSays(recorded.answered, sent);
    await takeTurn({ ...node, commandLimitMs: limitS * 1_000 }, "alpha", () => {});
    expect(sent).toEqual([expect.stringMatching(new RegExp(`--timeout ${told} --json$`))]);
  });
});

describe("a gateway that is being restarted", () => {
  it("has done nothing of what it turned away, so the command is given again as soon as it takes some", async () => {
    const closed = "gateway rejected websocket upgrade (HTTP 503): Gateway websocket admission closed";
    const envelope = JSON.stringify({ ok: false, error: { type: "cli_error", message: closed } });
    const { openclaw } = nodeThatSays({ "agents bind": [1, envelope] });
    const words = ["agents", "bind", "--agent", "alpha", "--bind", "telegram:alpha"];
    const error: AppError = await openclaw.json(words, z.unknown()).then(
      () => expect.unreachable("it was turned away"),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: "remote-busy", canPass: true, retryAfterMs: 2_000 });
    expect(error.message).toBe(
      "The gateway of node1 is being restarted and takes no commands at this moment.",
    );
    // Longer than any other error, which four tries are enough for.
    const policy = { ...usualRetry, ...gatewayRetry };
    expect(nextTryMs(policy, { tries: 59 }, error, 0)).toBeGreaterThanOrEqual(2_000);
    expect(nextTryMs(policy, { tries: 60 }, error, 0)).toBeNull();
    expect(nextTryMs(policy, { tries: 4 }, new AppError("unreachable", "Away."), 0)).toBeNull();
  });
});

describe("a gateway that is up and too busy to answer", () => {
  /** As 2026.9.6 printed it, with exit code 0, on a machine with sixteen times more to do than it could. */
  const unheard = JSON.stringify({
    gatewayReachable: false,
    error:
      "Gateway not reachable after waiting 10 s.\nsettling healthy Gateway\nRun openclaw gateway status --deep to diagnose.",
    ...{ gatewayAuthUnavailable: false, configOnly: true, configuredChannels: ["telegram"] },
  });

  it("is asked again and called neither down nor failed", async () => {
    await expect(accountsOf(nodeThatSays({ "channels status": [0, unheard] }))).rejects.toMatchObject({
      ...{ code: "remote-busy", canPass: true, retryAfterMs: 2_000 },
      message: "The gateway of node1 does not answer OpenClaw's commands at this moment.",
      detail: unheard,
    });
  });

  it("has not told who is connected while it is starting", async () => {
    // 2026.9.6 said this with exit code 0.
    const starting = nodeThatSays({
      "channels status": [0, '{"status":"starting","startupPhase":"channels"}'],
    });
    expect(await accountOf(starting, "alpha")).toBeNull();
    await expect(startedAccountsOf(starting)).rejects.toMatchObject({
      ...{ code: "remote-busy", canPass: true, retryAfterMs: 2_000 },
      message: "The gateway of node1 is starting and does not tell its Telegram accounts yet.",
    });
  });

  it.each(["restart-health-failed", "still-starting"])(
    "is looked at further when OpenClaw gives up on its restart with “%s”",
    async (result) => {
      const node = nodeThatSays({
        "gateway restart": [1, JSON.stringify({ action: "restart", ok: false, result })],
      });
      const facts = { version: "2026.9.6", stateDir: "/home/a/.openclaw", gatewayPort: 1 };
      const look = (memo: unknown, waitedMs: number) =>
        lookAtRestart({ ...node, restartLimitMs: 60_000 }, facts, {
          ...{ memo, waitedMs, log: () => {}, signal: new AbortController().signal },
        });
      const known = { before: null, orderedMs: null, ended: false };
      const waits = await look(known, 5_000);
      expect(waits).toMatchObject({ waiting: "the gateway to come back" });
      const { memo } = waits as { memo: unknown };
      expect(await look(memo, 65_000)).toMatchObject({ waiting: "the gateway to come back" });
      await expect(look(memo, 65_001)).rejects.toThrow(
        `OpenClaw says “${result}”. The gateway of node1 did not come back within 60 s: it needs attention there.`,
      );
    },
  );
});

describe("a gateway that was started a moment ago", () => {
  const facts = { version: "2026.9.6", stateDir: "/home/a/.openclaw", gatewayPort: 1 };
  const first = (uptimeMs: number) =>
    lookAtRestart(
      nodeThatSays({ "+%s; if": [0, `100\n{"ready":true,"uptimeMs":${uptimeMs}}\n100\n`] }),
      facts,
      {
        ...{ memo: undefined, waitedMs: 0, log: () => {}, signal: new AbortController().signal },
      },
    );

  it("is restarted once its two starts can be told apart by its node's clock", async () => {
    expect(await first(1_200)).toEqual({
      waiting: "the gateway, which was just started",
      nextInMs: 1_800,
    });
    expect(await first(3_000)).toMatchObject({ memo: { before: { uptimeMs: 3_000 }, orderedMs: null } });
  });
});

describe("the end of making a bot", () => {
  const input = {
    ...{
      connectionId: "n",
      machine: "n",
      connectionName: "homelab",
      name: "alpha",
      displayName: "Alpha",
      emoji: "",
    },
    ...{ purpose: "", model: "", ownerId: "", chatId: "" },
  };
  const end = {
    ssh: { version: "2026.9.6", stateDir: "/home/a/.openclaw", gatewayPort: 1 },
    startup: { username: "alpha_bot" },
    settle: { uptimeMs: 5_000, turn: { answered: true as const, text: "ready" } },
    notify: { chatId: null },
    admit: { who: "Ada @ada, user 42" },
  };

  it("is ready only when it answers and somebody may write to it, and says where", () => {
    expect(outcome(input, end)).toMatchObject({
      sentence: "Alpha is ready on homelab, and answers.",
      links: [{ label: "Write to @alpha_bot", href: "https://t.me/alpha_bot" }],
    });
  });

  it("says what is missing otherwise", () => {
    const why = "There are no credentials of “openai”.";
    const mute = { ...end, settle: { uptimeMs: 1, turn: { answered: false as const, why } } };
    expect(outcome(input, mute).sentence).toBe(
      `Alpha is set up on homelab, but something is missing. ${why} When that is mended, do the 15th step again: it asks the bot once more.`,
    );
    expect(outcome(input, { ...end, admit: { who: null } }).sentence).toContain("Nobody may write to it yet");
  });
});

describe("what the gateway itself says", () => {
  const duplicate =
    'Duplicate Telegram bot token: account "delta" shares a token with account "alpha". Keep one owner account per bot token.';
  const account = { accountId: "delta", running: false, configured: false, lifecycle: "stopped" };

  it("of a token that another account has is told at once", () => {
    expect(() => assertNotBlocked({ ...account, lastError: duplicate }, "node1")).toThrow(
      'Another bot on node1 has this Telegram token already: Duplicate Telegram bot token: account "delta" shares a token with account "alpha".',
    );
  });

  it("last is the end of a wait that came to nothing", () => {
    expect(lastSeen({ ...account, lastError: "getMe timed out. Trying again" })).toBe(
      "The gateway says: getMe timed out.",
    );
    expect(lastSeen(account)).toBe("The gateway says that the account is not configured.");
    expect(lastSeen(null)).toBe("The gateway does not know the account.");
  });

  it("proves a restart by its start, however long the look at it took", () => {
    const up = (startS: number, uptimeMs: number, tookS = 1) => ({
      ...{ ready: true, uptimeMs, startedS: { earliest: startS, latest: startS + tookS } },
    });
    expect(isStartedAfter(up(1_000, 60_000), up(1_000, 5_000))).toBe(false);
    expect(isStartedAfter(up(1_000.4, 90_000, 30), up(1_000, 5_000, 30))).toBe(false);
    // A threshold made of the time that went by would have taken this one for the old gateway.
    expect(isStartedAfter(up(1_010, 400_000), up(1_000, 5_000))).toBe(true);
    expect(isStartedAfter(up(1_001, 10, 40), up(1_000, 5_000))).toBe(true);
  });
});

describe("who may write to a new bot", () => {
  /** As `pairing list` printed it when a person had written to the real one. */
  const listed =
    '{"channel":"telegram","requests":[{"id":"4242","code":"QM8YY4CJ","createdAt":"2026-11-29T01:31:44.394Z","lastSeenAt":"2026-11-29T01:31:44.394Z","meta":{"username":"ada","firstName":"Ada","accountId":"alpha"}}]}';
  const asked = (ownerId = "") => {
    const sent: string[] = [];
    const exec = async (text: string) => {
      sent.push(text);
      return { ...ended, command: text, stdout: text.includes("pairing list") ? listed : "Approved" };
    };
    const ssh = { name: "node1", exec, release: () => {} };
    const ask = askAdmit({ connect: async () => ({ ssh, openclaw: "openclaw" }) } as unknown as BotDeps);
    const ctx = {
      ...{ runId: "r", stepId: "admit", signal: new AbortController().signal },
      input: { connectionId: "n", name: "alpha", displayName: "Alpha", ownerId },
      results: { startup: { username: "alpha_bot" } },
    } as unknown as Parameters<typeof ask.form>[0];
    return { ask, ctx, sent };
  };

  it("is asked with the people who wrote to it, and lets in the one that was chosen", async () => {
    const { ask, ctx, sent } = asked();
    expect(JSON.stringify(await ask.form(ctx))).toContain("Ada @ada, user 4242");
    expect(await ask.read({ code: "QM8YY4CJ" }, ctx)).toEqual({ who: "Ada @ada, user 4242" });
    expect(sent.at(-1)).toBe("openclaw pairing approve telegram QM8YY4CJ --account alpha");
  });

  it("lets nobody in who has not written, or when nobody is chosen", async () => {
    const { ask, ctx, sent } = asked();
    await expect(ask.read({ code: "AAAAAAAA" }, ctx)).rejects.toThrow("Choose who may write to the bot.");
    expect(await ask.read({ code: "nobody" }, ctx)).toEqual({ who: null });
    expect(sent.filter((text) => text.includes("approve"))).toEqual([]);
  });

  it("is not asked when it was said at the start", async () => {
    const { ask, ctx } = asked("4242");
    expect(await ask.form(ctx)).toMatchObject({ result: { who: "user 4242" } });
  });
});
