import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { changeConfig, readConfig, readRaw } from "./config-file.ts";
import { validate } from "./config-rules.ts";
import { gatewayPort, gatewayState } from "./gateway-client.ts";
import { unreachable } from "./gateway-commands.ts";
import { lastLines } from "./gateway-log.ts";
import { agentDir, home, isLegacy, readMode, sessionsDir, stateDir } from "./place.ts";
import { putAgent } from "./roster.ts";

const builds = { "2026.9.6": "eb377ac", "2026.3.13": "61d171a" } as const;

export const version = (): Answer => {
  const { version: number } = readMode();
  return say(`OpenClaw ${number} (${builds[number]})`);
};

/** `setup --non-interactive` (of old: `onboard`): a gateway of its own on loopback and the agent "main". */
export const setup = (args: Args): Answer => {
  const port = Number(args.value("gateway-port") ?? 18_789);
  const workspace = join(home, ".openclaw", "workspace");
  mkdirSync(sessionsDir("main"), { recursive: true, mode: 0o700 });
  return changeConfig((config) => {
    config.gateway = {
      mode: "local",
      auth: { mode: "token", token: config.gateway?.auth?.token ?? randomBytes(24).toString("hex") },
      port,
      bind: "loopback",
      tailscale: { mode: "off" },
    } as typeof config.gateway;
    config.agents ??= { defaults: { workspace } };
    const isNew = config.agents.entries === undefined && config.agents.list === undefined;
    const identity = isLegacy() ? {} : { identity: { name: "main" } };
    if (isNew)
      putAgent(config, { id: "main", name: "main", workspace, agentDir: agentDir("main"), ...identity });
    return args.has("json") ? ok({ ok: true, workspace, port }) : say("Setup complete.");
  });
};

export const pluginsEnable = (args: Args): Answer => {
  const id = args.words[2] ?? "";
  return changeConfig((config) => {
    config.plugins = { ...config.plugins, entries: { ...config.plugins?.entries, [id]: { enabled: true } } };
    return say(`Enabled plugin "${id}". Restart the gateway to apply.`);
  });
};

/** JSON lines: first what is read, then each log line. Works without a gateway, by reading the file. */
export const logs = async (args: Args): Promise<Answer> => {
  const { file, size, lines } = lastLines(Number(args.value("limit") ?? 200));
  const isUp = (await gatewayState(0)) !== null;
  const meta = {
    ...{ type: "meta", file, sourceKind: "file", cursor: size, size },
    ...(isUp ? {} : { localFallback: true }),
  };
  const told = lines.map((raw) => {
    const { "0": name, time, _meta, message } = JSON.parse(raw) as LogLine;
    const { subsystem } = JSON.parse(name) as { subsystem: string };
    return { type: "log", time, level: _meta.logLevelName.toLowerCase(), subsystem, message, raw };
  });
  return say([meta, ...told].map((one) => JSON.stringify(one)).join("\n"));
};

export const channelsLogs = (args: Args): Answer => {
  const channel = args.value("channel") ?? "all";
  const { file, lines } = lastLines(1_000);
  const ours = lines.filter((line) => line.includes(`channels/${channel}`));
  return ok({ file, channel, truncated: false, lines: ours.slice(-Number(args.value("lines") ?? 200)) });
};

export const doctor = (args: Args): Answer => {
  const findings = validate(readRaw() ?? {}).map(({ path, message }) => ({
    checkId: "config.schema",
    severity: "error",
    message,
    path,
    fixHint: "openclaw doctor --fix",
  }));
  if (!args.has("lint")) return say("Doctor complete.");
  const good = findings.length === 0;
  return { code: good ? 0 : 1, json: { schemaVersion: 1, ok: good, checksRun: 35, findings } };
};

/** Keeps what it would have sent in `<state>/sandbox-outbox.jsonl`: nothing leaves the sandbox. */
export const messageSend = async (args: Args): Promise<Answer> => {
  const accountId = args.value("account") ?? "default";
  const chatId = args.value("target") ?? "";
  const dryRun = args.has("dry-run");
  if (chatId === "" || args.value("channel") !== "telegram")
    throw new Refusal("message send needs --channel telegram and -t <chat>.");
  if (readConfig().channels?.telegram?.accounts?.[accountId] === undefined)
    throw new Refusal(`Unknown account "${accountId}" for channel telegram.`);
  const told = { action: "send", channel: "telegram", dryRun };
  if (dryRun) {
    const payload = { channel: "telegram", to: `telegram:${chatId}`, via: "direct", mediaUrl: null, dryRun };
    return ok({ ...told, handledBy: "core", payload });
  }
  const state = await gatewayState(0);
  if (state === null) throw new Refusal(unreachable(gatewayPort()));
  const account = state.accounts.find((one) => one.accountId === accountId);
  if (account?.connected !== true) throw new Refusal(`Telegram account "${accountId}" is not connected.`);
  const outbox = join(stateDir, "sandbox-outbox.jsonl");
  const sent = existsSync(outbox) ? readFileSync(outbox, "utf8").split("\n").length : 1;
  const line = { accountId, chatId, message: args.value("message") ?? "" };
  appendFileSync(outbox, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  const messageId = String(sent);
  const payload = { ok: true, messageId, chatId, receipt: {} };
  return ok({ ...told, handledBy: "plugin", messageId, payload });
};

interface LogLine {
  "0": string;
  time: string;
  message: string;
  _meta: { logLevelName: string };
}
