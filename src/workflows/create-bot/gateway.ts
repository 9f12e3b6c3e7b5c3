import { setTimeout as wait } from "node:timers/promises";
import { command } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";
import { type Account, channelStatus, ready } from "./openclaw-answers.ts";

/** The probe itself may take 10 s, and a busy machine needs longer than that to start the command. */
const lookLimitMs = 60_000;

/** The gateway's own address for probes; nobody needs to sign in for it. */
const readyAddress = ({ gatewayPort }: NodeFacts): string => `http://127.0.0.1:${gatewayPort}/readyz`;

/** The command that asks it, with what the node has. An answer of 503 is an answer too: one broken account of others is enough for it. */
export const readyCommand = (facts: NodeFacts): string => {
  const address = readyAddress(facts);
  return `if command -v curl >/dev/null 2>&1; then ${command(["curl", "-sS", "-m", "5", address])}; else ${command(["wget", "-qO-", "-T", "5", address])}; fi`;
};

export interface Up {
  ready: boolean;
  /** Since the gateway's start: small after a restart, and nothing else proves one. */
  uptimeMs: number;
}

/** How the gateway is; null when it does not answer. */
export const gatewayUp = async ({ ssh }: Node, facts: NodeFacts, signal: AbortSignal): Promise<Up | null> => {
  const { stdout } = await ssh.exec(readyCommand(facts), { signal, timeoutMs: lookLimitMs });
  try {
    const { ready: isReady, uptimeMs } = ready.parse(JSON.parse(stdout));
    return { ready: isReady, uptimeMs: uptimeMs ?? 0 };
  } catch {
    return null;
  }
};

/** The bot's account as the running gateway has it; null while it does not know it or is starting. */
export const accountOf = async ({ openclaw }: Node, name: string): Promise<Account | null> => {
  const words = ["channels", "status", "--probe", "--timeout", "10000"];
  const { channelAccounts } = await openclaw.json(words, channelStatus, {
    timeoutMs: lookLimitMs,
    polled: true,
  });
  return channelAccounts?.telegram.find((one) => one.accountId === name) ?? null;
};

export const isConnected = (account: Account | null): boolean =>
  account?.running === true &&
  account.connected !== false &&
  (account.lifecycle === undefined || account.lifecycle === null || account.lifecycle === "ready");

/** Throws when the account is broken for good: waiting longer would not help. */
export const assertNotBlocked = (account: Account | null, node: string): void => {
  if (account?.lifecycle !== "blocked") return;
  throw new AppError(
    "remote-refused",
    `Telegram does not accept this bot on ${node}. Check the bot token with @BotFather, change the input, and go on.`,
    { ...(account.lastError ? { detail: account.lastError } : {}), canPass: false },
  );
};

/** Calls `look` until it gives something, every so often, at most `limitMs`; null when the time is over. */
export const untilGiven = async <T>(
  look: () => Promise<T | null>,
  { everyMs, limitMs, signal }: { everyMs: number; limitMs: number; signal: AbortSignal },
): Promise<T | null> => {
  const until = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() + everyMs > until) return null;
    await wait(everyMs, undefined, { signal });
  }
};
