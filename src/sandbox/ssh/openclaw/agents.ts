import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { agentIdOf } from "./agent-id.ts";
import { type Answer, ok, Refusal } from "./answer.ts";
import type { Args } from "./args.ts";
import { bindAll } from "./bindings.ts";
import { changeConfig, readConfig } from "./config-file.ts";
import { gatewayState } from "./gateway-client.ts";
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
            ...(agent.identity?.emoji === undefined ? {} : { identityEmoji: agent.identity.emoji }),
            identitySource: agent.identity === undefined ? null : "config",
            createdVia: "operator",
            creatorAgentId: null,
            createdAt: createdAt(agent.id),
          };
    }),
  );
};

/** Its trap: a binding that another agent holds is reported in `conflicts` and nowhere else, the exit code is 0. */
export const agentsAdd = (args: Args): Answer => {
  const typed = args.words[2] ?? "";
  const workspace = args.value("workspace");
  if (workspace === undefined)
    throw new Refusal(
      "Non-interactive agent creation requires --workspace. Re-run openclaw agents add <id> --workspace <path> or omit flags to use the wizard.",
    );
  const id = agentIdOf(typed);
  if (id === "openclaw")
    throw new Refusal(
      `"openclaw" is reserved. Choose another name, or run openclaw agents list to inspect configured agents.`,
    );
  return changeConfig((config) => {
    if (agentsOf(config).some((agent) => agent.id === id)) throw new Refusal(`Agent "${id}" already exists.`);
    const dir = args.value("agent-dir") ?? agentDir(id);
    const model = args.value("model");
    const given = model === undefined ? {} : { model };
    const identity = isLegacy() ? {} : { identity: { name: typed } };
    putAgent(config, {
      id,
      name: typed,
      workspace,
      agentDir: dir,
      ...identity,
      ...given,
    });
    const bindings = bindAll(config, id, args.values("bind"));
    mkdirSync(sessionsDir(id), { recursive: true, mode: 0o700 });
    seedWorkspace(workspace, typed);
    return {
      ...ok({ agentId: id, name: typed, workspace, agentDir: dir, ...given, bindings }),
      ...(isLegacy() ? { note: `Config overwrite: ${configPath}` } : {}),
    };
  });
};

export const agentsDelete = async (args: Args): Promise<Answer> => {
  const id = agentIdOf(args.words[2] ?? "");
  if (!args.has("force")) throw new Refusal("Non-interactive session. Re-run with --force.");
  if (id === "main") throw new Refusal(`"main" cannot be deleted.`);
  const transport = (await gatewayState(0)) === null ? {} : { transport: "gateway" };
  return changeConfig((config) => {
    const agent = agentOf(config, id);
    const kept = (config.bindings ?? []).filter((one) => one.agentId !== id);
    const removedBindings = (config.bindings ?? []).length - kept.length;
    if (kept.length > 0) config.bindings = kept;
    else delete config.bindings;
    removeAgent(config, id);
    const places = {
      workspace: workspaceOf(agent),
      agentDir: agent.agentDir ?? agentDir(id),
      sessionsDir: sessionsDir(id),
    };
    const paths = [places.agentDir, places.sessionsDir, places.workspace];
    const removed = paths.map((path) => ({ path, method: toTrash(path) }));
    const rest = { removedBindings, removedAllow: 0, removed, failed: [] };
    return ok({ agentId: id, ...places, ...rest, ...transport });
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
    const agent = agentsOf(config).find((one) => one.id === id);
    if (agent === undefined)
      throw new Refusal(`Agent "${id}" not found. Create it with \`openclaw agents add\`.`);
    const identity = { ...agent.identity, ...given };
    putAgent(config, { ...agent, identity });
    const told = { agentId: id, identity, workspace: null, identityFile: null };
    return ok({ ...told, storedWorkspace: workspaceOf(agent) });
  });
};

/** The real program keeps it in its database; here it is when the agent's sessions began. */
const createdAt = (id: string): number =>
  Math.round(statSync(sessionsDir(id), { throwIfNoEntry: false })?.birthtimeMs ?? 0);

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
  const trash = join(home, ".Trash", `.fs-safe-trash-${Date.now()}-${randomBytes(4).toString("hex")}`);
  mkdirSync(trash, { recursive: true, mode: 0o700 });
  renameSync(path, join(trash, basename(path)));
  return "trash";
};
