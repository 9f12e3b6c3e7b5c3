import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentIdOf } from "./agent-id.ts";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { readConfig } from "./config-file.ts";
import { agentDir, home, isLegacy, stateDir } from "./place.ts";
import { agentOf } from "./roster.ts";

interface Profile {
  type: "api_key" | "token";
  provider: string;
  key: string;
}
interface Profiles {
  version: 1;
  profiles: Record<string, Profile>;
}

/** The real program keeps the shared store in SQLite; nobody outside reads it, so here it is the same JSON in one shared place. */
const sharedStore = join(stateDir, "state", "sandbox-auth.json");

/** Since 2026.6 all agents read through to one shared store; before, each had its auth-profiles.json, or a link to another's. */
const storeOf = (agentId: string): string =>
  isLegacy() ? join(agentDir(agentId), "auth-profiles.json") : sharedStore;

export const modelsAuthList = (args: Args): Answer => {
  const agentId = knownAgent(args);
  const provider = args.value("provider") ?? null;
  const profiles = Object.entries(readProfiles(storeOf(agentId)).profiles)
    .filter(([, one]) => provider === null || one.provider === provider)
    .map(([id, one]) => ({ id, provider: one.provider, type: one.type, label: id }));
  const authStatePath = isLegacy() ? storeOf(agentId) : join(stateDir, "state", "openclaw.sqlite");
  const paths = { agentDir: tilde(agentDir(agentId)), authStatePath: tilde(authStatePath) };
  return ok({ agentId, ...paths, provider, profiles });
};

export const modelsAuthPaste = (args: Args): Answer => {
  const agentId = knownAgent(args);
  const provider = args.value("provider");
  const key = readFileSync(0, "utf8").trim();
  if (provider === undefined || key === "") throw new Refusal("A provider and a secret on stdin are needed.");
  const store = storeOf(agentId);
  const all = readProfiles(store);
  const type = args.words[2] === "paste-token" ? "token" : "api_key";
  all.profiles[`${provider}:default`] = { type, provider, key };
  mkdirSync(dirname(store), { recursive: true, mode: 0o700 });
  writeFileSync(store, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  return say(`Saved auth profile "${provider}:default".`);
};

export const modelsStatus = (args: Args): Answer => {
  const agentId = knownAgent(args);
  const store = storeOf(agentId);
  const detail = existsSync(store) ? realpathSync(store) : store;
  const providers = Object.values(readProfiles(store).profiles).map(({ provider }) => ({
    provider,
    effective: { kind: "profiles", detail },
  }));
  return ok({ agentId, agentDir: agentDir(agentId), auth: { storePath: store, providers } });
};

const tilde = (path: string): string => (path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);

const knownAgent = (args: Args): string => agentOf(readConfig(), agentIdOf(args.value("agent") ?? "main")).id;

const readProfiles = (path: string): Profiles =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Profiles) : { version: 1, profiles: {} };
