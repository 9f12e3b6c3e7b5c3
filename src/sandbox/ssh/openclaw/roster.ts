import { Refusal } from "./answer.ts";
import type { Agent, Config } from "./config-shape.ts";
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
  if (found === undefined)
    throw new Refusal(`Agent "${id}" not found. Run openclaw agents list to see configured agents.`);
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
  agents.entries = { ...Object.fromEntries(before.map(({ id: one, ...rest }) => [one, rest])), [id]: agent };
  if (Object.keys(agents.entries).length > 1 && agents.ownership === undefined) nameOwners(config);
};

/** With the second agent it has to be said whose everything is that was there before: main's. */
const nameOwners = (config: Config): void => {
  const owner = { agentId: "main" };
  config.agents ??= {};
  config.agents.ownership = "explicit";
  config.agents.defaults = { systemAgent: owner, heartbeat: owner, ...config.agents.defaults };
  config.talk = { ...owner, ...config.talk };
  const isBound = config.bindings?.some(({ match }) => match.channel === "telegram") ?? false;
  if (config.channels?.telegram === undefined || isBound) return;
  config.bindings = [
    ...(config.bindings ?? []),
    { ...owner, match: { channel: "telegram", accountId: "*" } },
  ];
};

export const removeAgent = (config: Config, id: string): void => {
  const { agents } = config;
  if (agents?.list !== undefined) agents.list = agents.list.filter((agent) => agent.id !== id);
  if (agents?.entries === undefined) return;
  delete agents.entries[id];
  if (Object.keys(agents.entries).length < 2) delete agents.ownership;
};

const implicitMain = (config: Config): RosterAgent => ({
  id: "main",
  name: "main",
  workspace: config.agents?.defaults?.workspace ?? `${home}/.openclaw/workspace`,
  agentDir: agentDir("main"),
});
