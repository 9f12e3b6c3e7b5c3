import { lstatSync, readFileSync } from "node:fs";
import { normalId } from "./agent-id.ts";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { type Account, type Config, changeConfig, readConfig } from "./config-file.ts";
import { type GatewayState, gatewayState } from "./gateway-client.ts";
import { isLegacy } from "./place.ts";

/** Its trap: any text passes for a token, the exit code is 0 all the same. */
export const channelsAdd = (args: Args): Answer => {
  const account = accountOf(args);
  const token = args.value("token");
  const tokenFile = args.value("token-file");
  if (token === undefined && tokenFile === undefined && !args.has("use-env"))
    throw new Refusal("Telegram needs --token, --token-file or --use-env.");
  if (tokenFile !== undefined && !(lstatSync(tokenFile, { throwIfNoEntry: false })?.isFile() ?? false))
    throw new Refusal(`Token file ${tokenFile} must be a regular file.`);
  return changeConfig((config) => {
    const plugin = config.plugins?.entries?.telegram;
    if (isLegacy() && plugin?.enabled !== true) throw new Refusal("Unknown channel: telegram");
    config.plugins = {
      ...config.plugins,
      entries: { ...config.plugins?.entries, telegram: { enabled: true } },
    };
    const secret: Account = token === undefined ? { tokenFile: tokenFile ?? "" } : { botToken: token };
    const before = config.channels?.telegram;
    const accounts = { default: {}, ...before?.accounts, [account]: { enabled: true, ...secret } };
    config.channels = { ...config.channels, telegram: { enabled: true, ...before, accounts } };
    return say(`Added Telegram account "${account}".`);
  });
};

export const channelsRemove = (args: Args): Answer => {
  const account = accountOf(args);
  return changeConfig((config) => {
    const accounts = config.channels?.telegram?.accounts ?? {};
    const found = accounts[account];
    if (found === undefined) throw new Refusal(`Unknown Telegram account "${account}".`);
    if (!args.has("delete")) {
      found.enabled = false;
      return say(`Disabled Telegram account "${account}".`);
    }
    delete accounts[account];
    return say(`Deleted Telegram account "${account}".`);
  });
};

export const channelsList = (): Answer => {
  const accounts = Object.keys(readConfig().channels?.telegram?.accounts ?? {});
  if (accounts.length === 0) return ok({ chat: {} });
  const place = { label: "Telegram", docsPath: "/channels/telegram", installed: true, origin: "configured" };
  return ok({ chat: { telegram: { accounts, ...place } } });
};

/** Waits for a gateway that is down until its time limit, 60 s unless told, and then exits with 0. */
export const channelsStatus = async (args: Args): Promise<Answer> => {
  const state = await gatewayState(Number(args.value("timeout") ?? 60_000));
  if (state === null)
    return ok({ gatewayReachable: false, configOnly: true, channels: accountsOf(readConfig()) });
  if (!state.ready) return ok({ status: "starting", startupPhase: "channels" });
  return ok({
    ts: Date.now(),
    channelOrder: ["telegram"],
    channelAccounts: { telegram: state.accounts.map((one) => withProbe(one, args.has("probe"))) },
    statusIssues: [],
  });
};

/** The token of an account, from the configuration or its file; null when there is none. */
export const tokenOf = (account: Account): string | null => {
  if (account.botToken !== undefined) return account.botToken;
  if (account.tokenFile === undefined) return null;
  try {
    return readFileSync(account.tokenFile, "utf8").trim();
  } catch {
    return null;
  }
};

const accountsOf = (config: Config) => ({ telegram: Object.keys(config.channels?.telegram?.accounts ?? {}) });

const withProbe = (account: GatewayState["accounts"][number], probed: boolean) => {
  if (!probed || !account.configured) return account;
  const probe = account.connected
    ? { ok: true, status: 200, error: null, elapsedMs: 1, bot: account.bot }
    : { ok: false, status: 401, error: account.lastError, elapsedMs: 1 };
  return { ...account, probe };
};

const accountOf = (args: Args): string => {
  if (args.value("channel") !== "telegram")
    throw new Refusal(`Unknown channel: ${args.value("channel") ?? ""}`);
  const account = normalId(args.value("account") ?? "default");
  if (account === null) throw new Refusal("Invalid account id.");
  return account;
};
