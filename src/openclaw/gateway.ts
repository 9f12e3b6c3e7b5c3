import { command } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";
import { parseJson } from "#core/parse-json.ts";
import { type Account, channelStatus, ready } from "./answers.ts";
import type { NodeFacts } from "./deps.ts";
import type { Node } from "./node.ts";

const lookLimitMs = 60_000;
/** So long a gateway that is up may take to answer; a busy one takes more than a few seconds. One that is down refuses at once. */
const readyLimitS = "15";
/** What a connection may allow one command at most, and the looks around it. */
export const longestCommandMs = 35 * 60_000;

/** The gateway's own address for probes; nobody needs to sign in for it. */
const readyAddress = ({ gatewayPort }: NodeFacts): string => `http://127.0.0.1:${gatewayPort}/readyz`;

/**
 * The command that asks it, with what the node has, between two looks at the node's clock. An answer of 503 is an answer too: one broken
 * account of others is enough for it.
 */
export const readyCommand = (facts: NodeFacts): string => {
  const address = readyAddress(facts);
  return `date +%s; if command -v curl >/dev/null 2>&1; then ${command(["curl", "-sS", "-m", readyLimitS, address])}; else ${command(["wget", "-qO-", "-T", readyLimitS, address])}; fi; echo; date +%s`;
};

export interface Up {
  ready: boolean;
  uptimeMs: number;
  /** When the gateway was started, by the node's clock, in seconds: not before and not after. Nothing else proves a restart. */
  startedS: { earliest: number; latest: number };
}

/** How the gateway is; null when it does not answer. */
export const gatewayUp = async ({ ssh }: Node, facts: NodeFacts, signal: AbortSignal): Promise<Up | null> => {
  const { stdout } = await ssh.exec(readyCommand(facts), { signal, timeoutMs: lookLimitMs });
  const lines = stdout.trim().split("\n");
  const [before, after] = [Number(lines[0]), Number(lines.at(-1))];
  try {
    const { ready: isReady, uptimeMs } = ready.parse(parseJson(lines.slice(1, -1).join("\n")));
    const upMs = uptimeMs ?? 0;
    // The clock tells whole seconds.
    const startedS = { earliest: before - upMs / 1_000, latest: after + 1 - upMs / 1_000 };
    return { ready: isReady, uptimeMs: upMs, startedS };
  } catch {
    return null;
  }
};

/** Whether it was started after it was seen as `before`. */
export const isStartedAfter = (now: Up, before: Up): boolean =>
  now.startedS.earliest > before.startedS.latest || now.uptimeMs < before.uptimeMs;

/** What it answers in at most; on a busy node 10 s were too few for a gateway that was well. */
export const accountsWords = ["channels", "status", "--probe", "--timeout", "30000"];

/** All Telegram accounts as the running gateway has them; null while it is starting. Throws "remote-busy" while it does not answer. */
export const accountsOf = async ({ openclaw }: Node): Promise<readonly Account[] | null> => {
  const { status, channelAccounts } = await openclaw.json(accountsWords, channelStatus, { polled: true });
  return status === "starting" ? null : (channelAccounts?.telegram ?? []);
};

/** The same of one that has started; throws "remote-busy" while it has not, since who is missing then may be there in a moment. */
export const startedAccountsOf = async (node: Node): Promise<readonly Account[]> => {
  const seen = await accountsOf(node);
  if (seen !== null) return seen;
  throw new AppError(
    "remote-busy",
    `The gateway of ${node.ssh.name} is starting and does not tell its Telegram accounts yet.`,
    { retryAfterMs: 2_000 },
  );
};

/** The bot's account; null while the gateway does not know it. */
export const accountOf = async (node: Node, name: string): Promise<Account | null> =>
  (await accountsOf(node))?.find((one) => one.accountId === name) ?? null;

export const isConnected = (account: Account | null): boolean =>
  account?.running === true &&
  account.connected !== false &&
  (account.lifecycle === undefined || account.lifecycle === null || account.lifecycle === "ready");

/** Whether Telegram refused the token; versions before 2026.8 say so by their last error only. */
export const isRefused = (account: Account | null): boolean =>
  account?.lifecycle === undefined || account.lifecycle === null
    ? /\bunauthorized\b.*\b401\b/is.test(account?.lastError ?? "")
    : account.lifecycle === "blocked";

/** Throws with the gateway's own reason when the account is broken for good: waiting longer would not help. */
export const assertNotBlocked = (account: Account | null, node: string): void => {
  const why = account?.lastError ?? "";
  const options = { ...(why === "" ? {} : { detail: why }), canPass: false };
  if (/duplicate .*token/i.test(why))
    throw new AppError(
      "conflict",
      `Another bot on ${node} has this Telegram token already: ${firstSentence(why)}`,
      {
        ...options,
        field: "token",
      },
    );
  if (!isRefused(account)) return;
  throw new AppError(
    "remote-refused",
    `Telegram does not accept this bot on ${node}. Check the bot token with @BotFather, change the input, and go on.`,
    { ...options, field: "token" },
  );
};

/** What was last seen of an account, for the end of a wait that came to nothing. */
export const lastSeen = (account: Account | null): string => {
  if (account === null) return "The gateway does not know the account.";
  if (account.lastError) return `The gateway says: ${firstSentence(account.lastError)}`;
  if (account.configured === false) return "The gateway says that the account is not configured.";
  return `It was last seen as “${account.lifecycle ?? (account.running === true ? "running" : "not running")}”.`;
};

const firstSentence = (text: string): string => {
  const [first = text] = /^.*?[.!?](?=\s|$)/s.exec(text) ?? [];
  return /[.!?]$/.test(first) ? first : `${first}.`;
};
