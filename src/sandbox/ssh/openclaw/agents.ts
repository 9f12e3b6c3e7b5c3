import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { agentIdOf } from "./agent-id.ts";
import { type Answer, ok, Refusal } from "./answer.ts";
import type { Args } from "./args.ts";
import { bindAll } from "./bindings.ts";
import { changeConfig, readConfig } from "./config-file.ts";
import { agentDir, configPath, home, isLegacy, sessionsDir } from "./place.ts";
import { agentOf, agentsOf, putAgent, removeAgent, workspaceOf } from "./roster.ts";

export const agentsList = (): Answer => {
  const config = readConfig();
  return ok(
    agentsOf(config).map((agent) => {
      const bindings = (config.bindings ?? []).filter((one) => one.agentId === agent.id).length;
      const told = {
        id: agent.id,
        name: agent.name ?? agent.id,
        workspace: workspaceOf(agent),
        agentDir: agent.agentDir ?? agentDir(agent.id),
        bindings,
        isDefault: agent.id === "main",
      };
      return isLegacy()
        ? told
        : {
            ...told,
            identityName: agent.identity?.name ?? null,
            identitySource: agent.identity === undefined ? null : "config",
            createdVia: "operator",
            creatorAgentId: null,
          };
    }),
  );
};

/** Its trap: a binding that another agent holds is reported in `conflicts` and nowhere else, the exit code is 0. */
export const agentsAdd = (args: Args): Answer => {
  const typed = args.words[2] ?? "";
  const workspace = args.value("workspace");
  if (workspace === undefined) throw new Refusal("Non-interactive agent creation requires --workspace.");
  const id = agentIdOf(typed);
  if (id === "openclaw") throw new Refusal(`"openclaw" is reserved. Choose another name.`);
  return changeConfig((config) => {
    if (agentsOf(config).some((agent) => agent.id === id)) throw new Refusal(`Agent "${id}" already exists.`);
    const dir = args.value("agent-dir") ?? agentDir(id);
    const model = args.value("model");
    const identity = isLegacy() ? {} : { identity: { name: typed } };
    putAgent(config, {
      id,
      name: typed,
      workspace,
      agentDir: dir,
      ...identity,
      ...(model === undefined ? {} : { model }),
    });
    const bindings = bindAll(config, id, args.values("bind"));
    mkdirSync(sessionsDir(id), { recursive: true, mode: 0o700 });
    seedWorkspace(workspace, typed);
    return {
      ...ok({ agentId: id, name: typed, workspace, agentDir: dir, bindings }),
      ...(isLegacy() ? { note: `Config overwrite: ${configPath}` } : {}),
    };
  });
};

export const agentsDelete = (args: Args): Answer => {
  const id = agentIdOf(args.words[2] ?? "");
  if (!args.has("force")) throw new Refusal("agents delete needs --force when it cannot ask.");
  if (id === "main") throw new Refusal(`"main" cannot be deleted.`);
  return changeConfig((config) => {
    const agent = agentOf(config, id);
    const kept = (config.bindings ?? []).filter((one) => one.agentId !== id);
    const removedBindings = (config.bindings ?? []).length - kept.length;
    if (config.bindings !== undefined) config.bindings = kept;
    removeAgent(config, id);
    const places = {
      workspace: workspaceOf(agent),
      agentDir: agent.agentDir ?? agentDir(id),
      sessionsDir: sessionsDir(id),
    };
    const removed = Object.values(places).map((path) => ({ path, method: toTrash(path) }));
    const rest = { removedBindings, removedAllow: 0, removed, failed: [], transport: "gateway" };
    return ok({ agentId: id, ...places, ...rest });
  });
};

export const agentsSetIdentity = (args: Args): Answer => {
  const id = agentIdOf(args.value("agent") ?? "main");
  const given = Object.fromEntries(
    ["name", "emoji", "theme", "avatar"].flatMap((key) => {
      const value = args.value(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return changeConfig((config) => {
    const agent = agentOf(config, id);
    const identity = { ...agent.identity, ...given };
    putAgent(config, { ...agent, identity });
    return ok({ agentId: id, identity, workspace: workspaceOf(agent) });
  });
};

/** The starting files; those that are there are kept. */
const seedWorkspace = (workspace: string, name: string): void => {
  mkdirSync(join(workspace, ".git"), { recursive: true, mode: 0o700 });
  const legacyFiles = isLegacy() ? ["TOOLS.md", "HEARTBEAT.md"] : [];
  for (const file of ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "BOOTSTRAP.md", ...legacyFiles]) {
    const path = join(workspace, file);
    if (!existsSync(path)) writeFileSync(path, `# ${file.replace(".md", "")}\n\n${name}\n`);
  }
};

const toTrash = (path: string): "trash" | "missing" => {
  if (!existsSync(path)) return "missing";
  const trash = join(home, ".Trash");
  mkdirSync(trash, { recursive: true, mode: 0o700 });
  renameSync(path, join(trash, `${basename(path)}-${Date.now()}-${process.pid}`));
  return "trash";
};
