import { tokenOf } from "./channels.ts";
import { readRaw } from "./config-file.ts";
import type { Account } from "./config-shape.ts";
import type { AccountState } from "./gateway-client.ts";
import { writeLog } from "./gateway-log.ts";
import { readMode } from "./place.ts";

/** The Telegram accounts of a running gateway: each starts, and is then connected or refused for good. */
export interface Channels {
  states(): AccountState[];
  /** Starts what is new or changed and stops what is gone. */
  follow(): void;
  stop(): void;
}

interface Running {
  key: string;
  state: AccountState;
  timer: NodeJS.Timeout | undefined;
  /** Null for one that was not started. */
  token: string | null;
}

/** So long an account is seen as "starting", or nobody would ever see it. */
const startMs = 150;

export const createChannels = (): Channels => {
  const running = new Map<string, Running>();
  /** Its trap: an account that was removed while it ran is remembered as stopped, and not started when it is put back. */
  const remembered = new Set<string>();

  /** Of two accounts with one token only the first is started. */
  const ownerOf = (token: string | null): string | undefined =>
    token === null ? undefined : [...running].find(([, one]) => one.token === token)?.[0];

  const start = (accountId: string, account: Account, key: string) => {
    const token = tokenOf(account);
    if (remembered.has(accountId)) {
      const state: AccountState = {
        ...{ accountId, enabled: true, configured: token !== null, running: false, lifecycle: "stopped" },
        ...{ tokenSource: "tokenFile", tokenStatus: "available", lastStartAt: null, lastConnectedAt: null },
        ...{ lastError: null, bot: null },
      };
      running.set(accountId, { key, state, timer: undefined, token: null });
      return;
    }
    const owner = ownerOf(token);
    if (owner !== undefined) {
      const lastError = `Duplicate Telegram bot token: account "${accountId}" shares a token with account "${owner}". Keep one owner account per bot token.`;
      const state: AccountState = {
        ...{ accountId, enabled: true, configured: false, running: false, lifecycle: "stopped" },
        ...{ tokenSource: "tokenFile", tokenStatus: "available", lastStartAt: null, lastConnectedAt: null },
        ...{ lastError, stateReason: lastError, bot: null },
      };
      running.set(accountId, { key, state, timer: undefined, token: null });
      return;
    }
    const state: AccountState = {
      accountId,
      enabled: account.enabled !== false,
      configured: token !== null,
      running: token !== null,
      lifecycle: token === null ? "blocked" : "starting",
      tokenSource: account.botToken !== undefined ? "config" : token === null ? "none" : "tokenFile",
      tokenStatus: token === null ? "missing" : "available",
      lastStartAt: token === null ? null : Date.now(),
      lastConnectedAt: null,
      lastError: null,
      bot: null,
      ...(token === null ? { stateReason: "not configured" } : {}),
    };
    const settle = () => (token === null ? undefined : signIn(state, token));
    const timer = token === null ? undefined : setTimeout(settle, startMs);
    running.set(accountId, { key, state, timer, token });
  };
  const stop = (accountId: string) => {
    clearTimeout(running.get(accountId)?.timer);
    running.delete(accountId);
  };

  return {
    states: () => [...running.values()].map(({ state }) => state),
    follow: () => {
      const telegram = readRaw()?.channels?.telegram;
      const wanted = telegram?.enabled === false ? {} : (telegram?.accounts ?? {});
      for (const [accountId, { state }] of running) {
        if (wanted[accountId] !== undefined) continue;
        if (state.running) remembered.add(accountId);
        stop(accountId);
      }
      for (const [accountId, account] of Object.entries(wanted)) {
        const key = JSON.stringify(account);
        if (running.get(accountId)?.key === key) continue;
        stop(accountId);
        if (account.enabled !== false) start(accountId, account, key);
      }
    },
    stop: () => {
      for (const accountId of [...running.keys()]) stop(accountId);
      remembered.clear();
    },
  };
};

const signIn = (state: AccountState, token: string): void => {
  const { accountId } = state;
  const log = (message: string, level: "INFO" | "ERROR" = "INFO") =>
    writeLog("channels/telegram", `[${accountId}] ${message}`, level);
  if (looksLikeToken(token) && readMode().telegram === "ok") {
    const username = `${accountId.replace(/[^a-z0-9]/g, "_")}_bot`;
    state.bot = { id: Number(token.slice(0, token.indexOf(":"))), username };
    state.lifecycle = "ready";
    state.connected = true;
    state.lastConnectedAt = Date.now();
    log(`starting provider (@${username})`);
    return;
  }
  state.running = false;
  state.lifecycle = "blocked";
  state.lastError =
    `Telegram bot token unauthorized for account "${accountId}" (getMe returned 401 from Telegram; source: ${state.tokenSource} token). ` +
    `Update channels.telegram.accounts.${accountId}.botToken/tokenFile with the current BotFather token.`;
  log(state.lastError, "ERROR");
  log(`channel exited: ${state.lastError}`, "ERROR");
  log("auto-restart skipped, terminal disconnect");
};

/**
 * Telegram's tokens are the bot's number, a colon, and 35 characters; the sandbox takes any that looks like one. To see what happens with
 * one that Telegram refuses, let its second part begin with "revoked".
 */
const looksLikeToken = (token: string): boolean => /^\d{6,}:(?!revoked)[A-Za-z0-9_-]{30,}$/.test(token);
