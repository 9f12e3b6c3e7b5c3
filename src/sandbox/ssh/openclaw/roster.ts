import { Refusal } from "./answer.ts";
import type { Agent, Config } from "./config-file.ts";
import { agentDir, home, isLegacy, stateDir } from "./place.ts";

/** An agent however the version at hand writes it down. */
export type RosterAgent = Agent & { id: string };

/** Everybody in the roster; on an unconfigured machine one implicit "main". */
export const agentsOf = (config: Config): RosterAgent[] => {
  const listed = isLegacy()
    ? (config.agents?.list ?? []).map((agent) => ({ ...agent, id: agent.id ?? "" }))
    : Object.entries(config.agents?.entries ?? {}).map(([id, agent]) => ({ ...agent, id }));
  return listed.length > 0 ? listed : [implicitMain(config)];
};

/** Throws a Refusal when there is no such agent. */
export const agentOf = (config: Config, id: string): RosterAgent => {
  const found = agentsOf(config).find((agent) => agent.id === id);
  if (found === undefined) throw new Refusal(`Agent "${id}" not found.`);
  return found;
};

export const workspaceOf = (agent: RosterAgent): string =>
  agent.workspace ?? `${stateDir}/workspace-${agent.id}`;

/** Adds or replaces: `agents.entries` with its ownership marker, or the list of old. */
export const putAgent = (config: Config, { id, ...agent }: RosterAgent): void => {
  const before = agentsOf(config);
  config.agents ??= {};
  const { agents } = config;
  if (isLegacy()) {
    const others = before.filter((one) => one.id !== id);
    const at = before.findIndex((one) => one.id === id);
    agents.list = others.toSpliced(at === -1 ? others.length : at, 0, { id, ...agent });
    return;
  }
  agents.ownership = "explicit";
  agents.entries = { ...Object.fromEntries(before.map(({ id: one, ...rest }) => [one, rest])), [id]: agent };
};

export const removeAgent = (config: Config, id: string): void => {
  const { agents } = config;
  if (agents?.list !== undefined) agents.list = agents.list.filter((agent) => agent.id !== id);
  if (agents?.entries !== undefined) delete agents.entries[id];
};

const implicitMain = (config: Config): RosterAgent => ({
  id: "main",
  name: "main",
  workspace: config.agents?.defaults?.workspace ?? `${home}/.openclaw/workspace`,
  agentDir: agentDir("main"),
});
