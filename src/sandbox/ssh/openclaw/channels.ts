import { readFileSync } from "node:fs";
import { normalId } from "./agent-id.ts";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { changeConfig, readConfig } from "./config-file.ts";
import type { Account } from "./config-shape.ts";
import { type GatewayState, gatewayState } from "./gateway-client.ts";
import { configPath, isLegacy } from "./place.ts";

/** Its trap: any text passes for a token and any path for a token's file, the exit code is 0 all the same. */
export const channelsAdd = (args: Args): Answer => {
  const account = accountOf(args);
  const token = args.value("token");
  const tokenFile = args.value("token-file");
  if (token === undefined && tokenFile === undefined && !args.has("use-env"))
    throw new Refusal("Telegram requires token or --token-file (or --use-env).");
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
    if (found === undefined)
      throw new Refusal(
        `Telegram has no account "${account}" to remove. Known accounts: ${Object.keys(accounts).sort().join(", ")}. Run openclaw channels status --channel telegram to inspect configured accounts.`,
      );
    if (!args.has("delete")) throw new Refusal("wizard cancelled");
    delete accounts[account];
    return say(`Deleted Telegram account "${account}".`);
  });
};

export const channelsList = (): Answer => {
  const { telegram } = readConfig().channels ?? {};
  if (telegram === undefined) return ok({ chat: {} });
  const accounts = Object.keys(telegram.accounts ?? { default: {} });
  const place = { label: "Telegram", docsPath: "/channels/telegram", installed: true, origin: "configured" };
  return ok({ chat: { telegram: { accounts, ...place } } });
};

/** Waits for a gateway that is down until its time limit, 60 s unless told, and then exits with 0. */
export const channelsStatus = async (args: Args): Promise<Answer> => {
  const limitMs = Number(args.value("timeout") ?? 60_000);
  const state = await gatewayState(limitMs);
  if (state === null) {
    const error = `Gateway not reachable after waiting ${limitMs / 1000} s.`;
    const config = { path: configPath, mode: "local" };
    const configuredChannels = Object.keys(readConfig().channels ?? {});
    return ok({ gatewayReachable: false, error, configOnly: true, config, configuredChannels });
  }
  if (!state.ready) return ok({ status: "starting", startupPhase: "channels" });
  return ok({
    ts: Date.now(),
    channelOrder: ["telegram"],
    channelAccounts: { telegram: state.accounts.map((one) => withProbe(one, args.has("probe"))) },
    statusIssues: state.accounts.flatMap(issuesOf),
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

const issuesOf = ({ accountId, configured, lastError: message }: GatewayState["accounts"][number]) => {
  if (!configured || message === null) return [];
  const fix = "resolve the reported channel error, then restart the channel";
  return [{ channel: "telegram", accountId, kind: "runtime", message, fix }];
};

const withProbe = (account: GatewayState["accounts"][number], probed: boolean) => {
  if (!probed || !account.configured) return account;
  const probe =
    account.connected === true
      ? { ok: true, status: null, error: null, elapsedMs: 1, bot: account.bot }
      : { ok: false, status: 401, error: "Unauthorized", elapsedMs: 1 };
  return { ...account, probe };
};

const accountOf = (args: Args): string => {
  if (args.value("channel") !== "telegram")
    throw new Refusal(
      `Unknown channel "${args.value("channel") ?? ""}". Run \`openclaw channels list --all\` to see configured and installable channels.`,
    );
  const account = normalId(args.value("account") ?? "default");
  if (account === null) throw new Refusal("Invalid account id.");
  return account;
};
