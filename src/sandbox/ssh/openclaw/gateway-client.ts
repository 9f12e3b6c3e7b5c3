import { setTimeout as wait } from "node:timers/promises";
import { readConfig } from "./config-file.ts";
import { readMode } from "./place.ts";

/** What the gateway tells about itself to the command line. */
export interface GatewayState {
  pid: number;
  version: string;
  ready: boolean;
  uptimeMs: number;
  logFile: string;
  accounts: AccountState[];
}

export interface AccountState {
  accountId: string;
  enabled: boolean;
  configured: boolean;
  running: boolean;
  /** Only of one that was connected since it started. */
  connected?: boolean;
  lifecycle: "starting" | "ready" | "blocked" | "stopped";
  tokenSource: "config" | "tokenFile" | "none";
  tokenStatus: "available" | "missing";
  stateReason?: string;
  lastStartAt: number | null;
  lastConnectedAt: number | null;
  lastError: string | null;
  bot: { id: number; username: string } | null;
}

export const gatewayPort = (): number => readConfig().gateway?.port ?? 18_789;

/** The gateway's own account of itself; null when nothing answered for `limitMs`. */
export const gatewayState = async (limitMs: number): Promise<GatewayState | null> => {
  const token = readConfig().gateway?.auth?.token ?? "";
  for (const begun = Date.now(); ; ) {
    try {
      // biome-ignore lint/style/noRestrictedGlobals: the stand-in asks its own gateway, on loopback.
      const response = await fetch(`http://127.0.0.1:${gatewayPort()}/sandbox/state`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(2_000),
      });
      return (await response.json()) as GatewayState;
    } catch {
      if (Date.now() - begun >= limitMs) return null;
      await wait(100);
    }
  }
};

/** How this version's gateway is told to start anew in place. */
export const restartSignal = (): NodeJS.Signals =>
  readMode().version === "2026.3.13" ? "SIGUSR1" : "SIGUSR2";
