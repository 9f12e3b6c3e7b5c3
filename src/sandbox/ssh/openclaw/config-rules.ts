import type { Agent, Config } from "./config-shape.ts";
import { isLegacy } from "./place.ts";

export interface Issue {
  path: string;
  message: string;
}

const rootKeys: ReadonlySet<string> = new Set([
  ...["agents", "plugins", "gateway", "channels", "bindings", "meta", "logging", "models", "auth", "tools"],
  ...["session", "messages", "commands", "hooks", "skills", "cron", "env", "wizard", "ui", "talk", "update"],
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

/** What is wrong with the models that a configuration names: nobody knows them. */
export const modelIssues = (config: Config): string[] => {
  const { defaults = {}, entries = {}, list = [] } = config.agents ?? {};
  const agents: [string, { model?: unknown }][] = [
    ["agents.defaults", defaults],
    ...Object.entries(entries).map(([id, agent]): [string, Agent] => [`agents.entries.${id}`, agent]),
    ...list.map((agent, i): [string, Agent] => [`agents.list.${i}`, agent]),
  ];
  return agents.flatMap(([path, agent]) => {
    const model: unknown = "model" in agent ? agent.model : undefined;
    const id = typeof model === "object" && model !== null && "primary" in model ? model.primary : model;
    if (typeof id !== "string" || isKnownModel(id)) return [];
    const what = `Cannot set model reference "<configured model reference>" at ${path}.model`;
    return [
      `${what}: Unable to resolve authored model reference. Run openclaw models list to list available models.`,
    ];
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
