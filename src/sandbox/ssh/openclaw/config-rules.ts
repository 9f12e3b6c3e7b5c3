import type { Agent, Config } from "./config-file.ts";
import { isLegacy } from "./place.ts";

export interface Issue {
  path: string;
  message: string;
}

const rootKeys: ReadonlySet<string> = new Set([
  ...["agents", "plugins", "gateway", "channels", "bindings", "meta", "logging", "models", "auth", "tools"],
  ...["session", "messages", "commands", "hooks", "skills", "cron", "env", "wizard", "ui"],
]);
const agentKeys: ReadonlySet<string> = new Set([
  ...[
    "id",
    "name",
    "workspace",
    "agentDir",
    "identity",
    "model",
    "skills",
    "tools",
    "heartbeat",
    "subagents",
  ],
  ...["default", "description", "groupChat", "sandbox", "params"],
]);
/** A small part of the real program's model catalogue: whose models it knows. */
const providers: ReadonlySet<string> = new Set([
  ...["anthropic", "openai", "openai-codex", "openrouter", "google", "mistral", "xai", "groq", "deepseek"],
  ...["ollama", "amazon-bedrock", "github-copilot", "zai", "moonshot", "minimax"],
]);

/** What is wrong with a configuration, the first thing first: a small part of the real schema, its traps included. */
export const validate = (config: Config): Issue[] => {
  const issues: Issue[] = Object.keys(config)
    .filter((key) => !rootKeys.has(key))
    .map((key) => ({ path: "", message: `Unrecognized key: "${key}"` }));
  const port: unknown = config.gateway?.port;
  if (port !== undefined && typeof port !== "number")
    issues.push({
      path: "gateway.port",
      message: `Invalid input: expected number, received ${typeof port}`,
    });
  const { agents } = config;
  if (isLegacy()) {
    if (agents?.entries !== undefined)
      issues.push({ path: "agents", message: 'Unrecognized key: "entries"' });
  } else if (agents?.list !== undefined && agents.ownership !== "explicit") {
    issues.push({
      path: "agents.ownership",
      message:
        'multi-agent rosters require agents.ownership="explicit" or one legacy default=true marker; run openclaw doctor --fix',
    });
  }
  for (const [id, agent] of Object.entries(agents?.entries ?? {}))
    issues.push(...agentIssues(`agents.entries.${id}`, agent));
  for (const [i, agent] of (agents?.list ?? []).entries())
    issues.push(...agentIssues(`agents.list.${i}`, agent));
  return issues;
};

/** The model ids that a configuration names and that nobody knows. */
export const unknownModels = (config: Config): string[] => {
  const agents = [...Object.values(config.agents?.entries ?? {}), ...(config.agents?.list ?? [])];
  return agents.flatMap((agent) => {
    const model: unknown = "model" in agent ? agent.model : undefined;
    const id = typeof model === "object" && model !== null && "primary" in model ? model.primary : model;
    return typeof id === "string" && !isKnownModel(id) ? [id] : [];
  });
};

const isKnownModel = (id: string): boolean => {
  const [provider = "", model = ""] = [id.slice(0, id.indexOf("/")), id.slice(id.indexOf("/") + 1)];
  return id.includes("/") && model !== "" && providers.has(provider);
};

const agentIssues = (path: string, agent: Agent): Issue[] =>
  typeof agent !== "object" || agent === null
    ? [{ path, message: "Invalid input: expected object" }]
    : Object.keys(agent)
        .filter((key) => !agentKeys.has(key))
        .map((key) => ({ path, message: `Unrecognized key: "${key}"` }));
