import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where this OpenClaw keeps its things, as the real one does. */
export const home = process.env.HOME ?? homedir();
export const stateDir = process.env.OPENCLAW_STATE_DIR ?? join(home, ".openclaw");
export const configPath = process.env.OPENCLAW_CONFIG_PATH ?? join(stateDir, "openclaw.json");
export const agentDir = (id: string): string => join(stateDir, "agents", id, "agent");
export const sessionsDir = (id: string): string => join(stateDir, "agents", id, "sessions");

/**
 * How the stand-in behaves, from `<state>/sandbox-mode.json`, read anew each time. `restart`: "hangs" takes the listener away and
 * neither returns nor comes back; "never-back" ends the gateway without a successor. `telegram`: "rejects" answers 401 to every token.
 */
export interface Mode {
  version: "2026.9.6" | "2026.3.13";
  restart: "ok" | "hangs" | "never-back";
  telegram: "ok" | "rejects";
}

const usual: Mode = { version: "2026.9.6", restart: "ok", telegram: "ok" };

export const readMode = (): Mode => {
  try {
    return { ...usual, ...(JSON.parse(readFileSync(join(stateDir, "sandbox-mode.json"), "utf8")) as object) };
  } catch {
    return usual;
  }
};

/** Before 2026.8.1: a list of agents, auth-profiles.json, TOOLS.md. */
export const isLegacy = (): boolean => readMode().version === "2026.3.13";
