import { agentIdOf, normalId } from "./agent-id.ts";
import { type Answer, ok, Refusal } from "./answer.ts";
import type { Args } from "./args.ts";
import { changeConfig, readConfig } from "./config-file.ts";
import type { Binding, Config } from "./config-shape.ts";
import { agentOf } from "./roster.ts";

export interface Bound {
  added: string[];
  updated: string[];
  skipped: string[];
  conflicts: string[];
}

type Match = Binding["match"];

/** Binds an agent to accounts; what another agent holds becomes a conflict and stays as it was. */
export const bindAll = (config: Config, agentId: string, specs: readonly string[]): Bound => {
  const bound: Bound = { added: [], updated: [], skipped: [], conflicts: [] };
  for (const match of specs.map(matchOf)) {
    const holder = config.bindings?.find((one) => isSame(one.match, match))?.agentId;
    if (holder === undefined) {
      config.bindings = [...(config.bindings ?? []), { type: "route", agentId, match }];
      bound.added.push(describe(match));
    } else if (holder === agentId) bound.skipped.push(describe(match));
    else bound.conflicts.push(`${describe(match)} (agent=${holder})`);
  }
  return bound;
};

export const agentsBind = (args: Args): Answer => {
  if (!args.has("bind")) throw new Refusal("Provide at least one --bind <channel[:accountId]>.");
  const agentId = agentIdOf(args.value("agent") ?? "main");
  const bound = changeConfig((config) => bindAll(config, agentOf(config, agentId).id, args.values("bind")));
  return { code: bound.conflicts.length > 0 ? 1 : 0, json: { agentId, ...bound } };
};

export const agentsUnbind = (args: Args): Answer => {
  if (!args.has("bind") && !args.has("all"))
    throw new Refusal("Provide at least one --bind <channel[:accountId]> or use --all.");
  const agentId = agentIdOf(args.value("agent") ?? "main");
  const wanted = args.values("bind").map(matchOf);
  return changeConfig((config) => {
    agentOf(config, agentId);
    const goes = (one: Binding) =>
      one.agentId === agentId && (args.has("all") || wanted.some((match) => isSame(one.match, match)));
    const all = config.bindings ?? [];
    const removed = all.filter(goes);
    config.bindings = all.filter((one) => !goes(one));
    const missing = wanted.filter((match) => !removed.some((one) => isSame(one.match, match)));
    return ok({
      agentId,
      removed: removed.map((one) => describe(one.match)),
      missing: missing.map(describe),
      conflicts: [],
    });
  });
};

export const agentsBindings = (args: Args): Answer => {
  const agent = args.value("agent");
  return ok(
    (readConfig().bindings ?? [])
      .filter((one) => agent === undefined || one.agentId === agent)
      .map(({ agentId, match }) => ({ agentId, match, description: describe(match) })),
  );
};

const matchOf = (spec: string): Match => {
  const [channel = "", account = "default"] = spec.split(":");
  const accountId = normalId(account);
  if (channel !== "telegram")
    throw new Refusal(
      `Unknown channel "${channel}". Run \`openclaw channels list --all\` to see configured and installable channels.`,
    );
  if (accountId === null) throw new Refusal(`Invalid binding "${spec}".`);
  return { channel, accountId };
};

const describe = ({ channel, accountId }: Match): string => `${channel} accountId=${accountId}`;
const isSame = (a: Match, b: Match): boolean => a.channel === b.channel && a.accountId === b.accountId;
