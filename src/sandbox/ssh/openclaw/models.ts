import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { agentIdOf } from "./agent-id.ts";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { readConfig } from "./config-file.ts";
import { gatewayPort, gatewayState } from "./gateway-client.ts";
import { unreachable } from "./gateway-commands.ts";
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
  const key = args.input().trim();
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
  const resolvedDefault = modelOf(agentId);
  const missingProvidersInUse = hasCredentials(agentId) ? [] : [providerOf(resolvedDefault)];
  const auth = { storePath: store, missingProvidersInUse, providers };
  const json = { agentId, agentDir: agentDir(agentId), defaultModel: resolvedDefault, resolvedDefault, auth };
  return { code: args.has("check") && missingProvidersInUse.length > 0 ? 1 : 0, json };
};

/** One turn by way of the gateway. Its model knows one word. */
export const agentTurn = async (args: Args): Promise<Answer> => {
  const agentId = knownAgent(args);
  if ((args.value("message") ?? "") === "") throw new Refusal("A message is needed.");
  if ((await gatewayState(0)) === null) throw new Refusal(unreachable(gatewayPort()));
  const runId = randomUUID();
  if (!hasCredentials(agentId)) {
    const provider = providerOf(modelOf(agentId));
    const message = `No route-compatible authentication source is configured for ${provider}.`;
    throw new Refusal(message, { more: { runId, origin: "gateway" } });
  }
  const payloads = [{ text: "ready", mediaUrl: null }];
  return ok({ runId, status: "ok", summary: "completed", result: { payloads, meta: { durationMs: 1 } } });
};

/** What the real one takes where nothing is configured. */
const usualModel = "openai/gpt-6-astra";

const modelOf = (agentId: string): string => {
  const config = readConfig();
  const common = config.agents?.defaults?.model;
  const ofAll = typeof common === "string" ? common : common?.primary;
  return agentOf(config, agentId).model ?? ofAll ?? usualModel;
};

const providerOf = (model: string): string => model.split("/")[0] ?? "";

const hasCredentials = (agentId: string): boolean =>
  Object.values(readProfiles(storeOf(agentId)).profiles).some(
    ({ provider }) => provider === providerOf(modelOf(agentId)),
  );

const tilde = (path: string): string => (path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);

const knownAgent = (args: Args): string => agentOf(readConfig(), agentIdOf(args.value("agent") ?? "main")).id;

const readProfiles = (path: string): Profiles =>
  existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Profiles) : { version: 1, profiles: {} };
