import { unwatchFile, watchFile } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { readConfig } from "./config-file.ts";
import { createChannels } from "./gateway-channels.ts";
import { type GatewayState, gatewayPort, restartSignal } from "./gateway-client.ts";
import { logFile, writeLog } from "./gateway-log.ts";
import { configPath, isLegacy, readMode } from "./place.ts";

/** From taking the port to being ready. */
const bootMs = 300;
const drainMs = 100;
const watchEveryMs = 100;

/**
 * `openclaw gateway run`: a process of its own. It is started anew in place by a signal, and ends with SIGTERM, or with its standard input
 * when it was told to live no longer than its parent.
 */
export const runGateway = async (): Promise<never> => {
  const gateway = await startGateway(() => process.exit(1));
  const end = () => void gateway.stop().then(() => process.exit(0));
  process.on(restartSignal(), gateway.restart);
  process.on("SIGTERM", end).on("SIGINT", end);
  if (process.env.OPENCLAW_SANDBOX_PARENT === "stdin") process.stdin.on("end", end).on("close", end).resume();
  return new Promise<never>(() => {});
};

export interface Gateway {
  restart(): void;
  stop(): Promise<void>;
}

/** A real port, and a gateway that follows the configuration (2026.9.6). `died`: it ended and does not come back. */
export const startGateway = async (died: () => void): Promise<Gateway> => {
  const channels = createChannels();
  let startedAt = Date.now();
  let ready = false;
  let server: Server | null = null;
  let bootTimer: NodeJS.Timeout | undefined;

  const state = (): GatewayState => ({
    pid: process.pid,
    version: readMode().version,
    ready,
    uptimeMs: Date.now() - startedAt,
    logFile: logFile(),
    accounts: channels.states(),
  });

  const start = async () => {
    startedAt = Date.now();
    writeLog("gateway", "starting HTTP server...");
    server = await listen(gatewayPort(), (request, response) => answer(request, response, state()));
    writeLog("gateway", "http server listening (15 plugins: telegram, …)");
    writeLog("gateway", "starting channels and sidecars...");
    channels.follow();
    bootTimer = setTimeout(() => {
      ready = true;
      writeLog("gateway", "gateway ready");
    }, bootMs);
  };
  const stop = async () => {
    clearTimeout(bootTimer);
    ready = false;
    channels.stop();
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
  };
  const restart = async () => {
    writeLog("gateway", `received ${restartSignal()}; restarting`);
    const { restart: how } = readMode();
    await stop();
    if (how === "hangs") {
      writeLog("gateway", "Plugin telegram forced retirement after 5000ms; cleanup remains pending", "WARN");
      return;
    }
    if (how === "never-back") {
      writeLog("gateway", "shutdown deadline reached; exiting with incomplete cleanup", "ERROR");
      return died();
    }
    setTimeout(() => void start(), drainMs);
  };

  const onChange = () => {
    // The old version reads its channels only when it starts.
    if (server === null || !server.listening || isLegacy()) return;
    writeLog("gateway/reload", "config change detected; evaluating reload");
    channels.follow();
    writeLog("gateway/reload", "config hot reload applied");
  };
  watchFile(configPath, { interval: watchEveryMs }, onChange);
  await start();
  return {
    restart: () => void restart(),
    stop: () => {
      unwatchFile(configPath, onChange);
      return stop();
    },
  };
};

const listen = (
  port: number,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });

const answer = (request: IncomingMessage, response: ServerResponse, state: GatewayState): void => {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    response.end(JSON.stringify(body));
  };
  const route = request.url ?? "";
  if (route === "/healthz" || route === "/health") send(200, { ok: true, status: "live" });
  else if (route === "/readyz") {
    // Its trap: one broken account, and the gateway as a whole is not ready.
    const isBroken = state.accounts.some((one) => one.tokenSource !== "none" && one.connected !== true);
    const failing = !state.ready ? ["startup"] : isBroken ? ["telegram"] : [];
    const ready = failing.length === 0;
    const eventLoop = isLegacy() ? {} : { eventLoop: { degraded: false } };
    send(ready ? 200 : 503, { ready, failing, uptimeMs: state.uptimeMs, ...eventLoop });
  } else if (route === "/sandbox/state") {
    const token = readConfig().gateway?.auth?.token ?? "";
    if (request.headers.authorization === `Bearer ${token}`) send(200, state);
    else send(401, { ok: false });
  } else send(404, { ok: false });
};
