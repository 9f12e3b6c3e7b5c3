import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { agentsList } from "./agents.ts";
import { type Answer, ok, Refusal } from "./answer.ts";
import type { Args } from "./args.ts";
import { readConfig, readRaw } from "./config-file.ts";
import { validate } from "./config-rules.ts";
import { type GatewayState, gatewayPort, gatewayState, restartSignal } from "./gateway-client.ts";
import { logFile } from "./gateway-log.ts";
import { isLegacy, readMode, stateDir } from "./place.ts";
import { agentsOf } from "./roster.ts";

const healthLimitMs = 60_000;
const restartLimitMs = 10 * 60_000;
const comeBackMs = 5_000;

/** Its traps: 2026.3.13 restarts nothing and exits with 0; a gateway that hangs in its shutdown keeps the command waiting for minutes. */
export const gatewayRestart = async (): Promise<Answer> => {
  if (isLegacy()) {
    const hints = ["openclaw gateway install", "openclaw gateway"];
    const message = "Gateway service disabled.";
    return ok({ action: "restart", ok: true, result: "not-loaded", message, hints });
  }
  const before = await gatewayState(500);
  if (before === null) {
    const error =
      "Gateway restart failed: Error: service management skipped: non-default state dir or config path.";
    return { code: 1, json: { action: "restart", ok: false, error } };
  }
  journal(before.pid);
  process.kill(before.pid, restartSignal());
  const back = await cameBack(before);
  if (back)
    return ok({
      action: "restart",
      ok: true,
      result: "restarted",
      message: `Gateway restart request sent to foreground process on port ${gatewayPort()}: ${before.pid}.`,
      service: { label: "systemd", loaded: false },
    });
  const message = "Gateway did not become healthy after the restart.";
  return {
    code: 1,
    note: message,
    json: { action: "restart", ok: false, result: "restart-health-failed", message },
  };
};

export const gatewayStatus = async (args: Args): Promise<Answer> => {
  const state = await gatewayState(0);
  const config = readRaw();
  const up = state !== null;
  const port = gatewayPort();
  const listeners = up ? [{ pid: state.pid, command: "openclaw-gateway" }] : [];
  const json = {
    cli: { version: readMode().version },
    logFile: logFile(),
    service: { label: "systemd", loaded: false },
    config: { cli: { exists: config !== null, valid: config !== null && validate(config).length === 0 } },
    gateway: { port, probeUrl: `ws://127.0.0.1:${port}`, version: state?.version ?? null },
    port: { port, status: up ? "busy" : "free", listeners },
    rpc: up ? { ok: true, kind: "connect" } : { ok: false, kind: "read", error: unreachable(port) },
  };
  return { code: !up && args.has("require-rpc") ? 1 : 0, json };
};

export const gatewayCall = async (args: Args): Promise<Answer> => {
  const [, , method = ""] = args.words;
  if (method === "health") return health(args);
  if (method === "agents.list") return agentsList();
  throw new Refusal(`unknown method: ${method}`);
};

/** Its trap: with the gateway down it waits 60 s unless told otherwise. */
export const health = async (args: Args): Promise<Answer> => {
  const limitMs = Number(args.value("timeout") ?? healthLimitMs);
  const begun = Date.now();
  const state = await gatewayState(limitMs);
  if (state === null) {
    const message = `Gateway not reachable after waiting ${limitMs / 1000} s.`;
    const error = { type: "gateway_transport_error", kind: "timeout", message, timeoutMs: limitMs };
    return { code: 1, note: error.message, json: { ok: false, error } };
  }
  const accounts = Object.fromEntries(state.accounts.map((one) => [one.accountId, one]));
  const agents = agentsOf(readConfig()).map(({ id, name }) => ({
    agentId: id,
    name: name ?? id,
    isDefault: id === "main",
    heartbeat: { enabled: id === "main" },
    sessions: { path: join(stateDir, "agents", id, "sessions", "sessions.json"), count: 0 },
  }));
  const durationMs = Date.now() - begun;
  return ok({
    ok: true,
    ts: Date.now(),
    durationMs,
    plugins: {},
    channels: { telegram: { accounts } },
    agents,
  });
};

/** What a command says that needs a gateway at once. */
export const unreachable = (port: number): string =>
  `Gateway not reachable at ws://127.0.0.1:${port} (ECONNREFUSED).\nStart it with \`openclaw gateway run\` or check \`openclaw gateway status\`.`;

const cameBack = async (before: GatewayState): Promise<boolean> => {
  const begun = Date.now();
  const limitMs = readMode().restart === "hangs" ? restartLimitMs : comeBackMs;
  while (Date.now() - begun < limitMs) {
    const now = await gatewayState(0);
    if (now?.ready === true && now.uptimeMs < before.uptimeMs + (Date.now() - begun)) return true;
    await wait(50);
  }
  return false;
};

const journal = (pid: number): void => {
  const dir = join(stateDir, "logs");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const line = `[${new Date().toISOString()}] openclaw gateway lifecycle source=cli action=restart mode=rpc pid=${pid} interactive=0\n`;
  appendFileSync(join(dir, "gateway-restart.log"), line);
};
