import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { createAsk } from "./ask.ts";
import { createCalls, gone, linesOf } from "./calls.ts";
import type { Dokploy } from "./dokploy.ts";
import { keyOwnerRow, permissionsRow } from "./key-owner.ts";
import { environmentRow, lookedUp, projectCreated, projectRow, queuedJob, serverRow } from "./schemas.ts";
import { serviceCalls } from "./services.ts";

const noneIfUnknown = (thrown: unknown): Record<string, never> => {
  if (thrown instanceof AppError && thrown.code === "not-found") return {};
  throw thrown;
};

export interface DokployOptions {
  /** "https://dokploy.example.org", with or without "/api". */
  baseUrl: URL | string;
  apiKey: string;
  timeLimitMs?: number;
  againAfterMs?: number;
}

/** Lines of a deployment's log that are asked for; Dokploy gives at most 10,000. */
const logLines = "10000";

/** A client of one Dokploy server. Throws AppError("bad-input") for a key that no header can carry. */
export const createDokploy = ({
  baseUrl,
  apiKey,
  timeLimitMs = 60_000,
  againAfterMs = 500,
}: DokployOptions): Dokploy => {
  // Checked here, because undici would put a key with a line break into its own error.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new AppError(
      "bad-input",
      "The API key is empty or holds characters that no key has. Copy it again.",
      { field: "apiKey" },
    );
  }
  const base = new URL(
    `${String(baseUrl)
      .replace(/\/+$/, "")
      .replace(/\/api$/, "")}/api/`,
  );
  const ask = createAsk({ apiKey, timeLimitMs, againAfterMs });

  const calls = createCalls(ask, base);
  const { get, make, set } = calls;

  return {
    baseUrl: base,
    ...serviceCalls(calls),

    projects: (signal) => get("project.all", "list the projects", z.array(projectRow), signal),

    createProject: ({ name, description }, signal) =>
      make("project.create", `create the project “${name}”`, projectCreated, { name, description }, signal),

    removeProject: (projectId, signal) =>
      gone(set("project.remove", "remove the project", { projectId }, signal)),

    environments: (projectId, signal) =>
      get("environment.byProjectId", "list the project's environments", z.array(environmentRow), signal, {
        projectId,
      }),

    createEnvironment: (wish, signal) =>
      make(
        "environment.create",
        `create the environment “${wish.name}”`,
        environmentRow,
        { ...wish },
        signal,
      ),

    removeEnvironment: (environmentId, signal) =>
      gone(set("environment.remove", "remove the environment", { environmentId }, signal)),

    servers: (signal) => get("server.all", "list the servers", z.array(serverRow), signal),

    async lookUp(host, signal) {
      const url = new URL("domain.validateDomain", base);
      const body = { domain: host };
      const about = `look up ${host}`;
      const found = await ask(
        { method: "POST", url, body, schema: lookedUp, about, repeatable: true },
        signal,
      );
      return { found: found.isValid, said: found.error ?? found.resolvedIp ?? "" };
    },

    version: (signal) => get("settings.getDokployVersion", "tell its version", z.string(), signal),

    async keyOwner(signal) {
      const about = "tell what the API key may do";
      const { role, rights } = await get("user.get", about, keyOwnerRow, signal);
      // Since v0.28.7; it knows of rights that no column has, and of roles that somebody made.
      const told = await get("user.getPermissions", about, permissionsRow, signal).catch(noneIfUnknown);
      return { role, rights: { ...rights, ...told } };
    },

    queue: async (signal) =>
      // Newest first, as it comes.
      (await get("deployment.queueList", "show its queue", z.array(queuedJob), signal)).sort(
        (one, other) => one.orderedAt - other.orderedAt,
      ),

    async deploymentLog(deploymentId, signal) {
      const query = { deploymentId, tail: logLines };
      return linesOf(
        await get("deployment.readLogs", "show the deployment's log", z.string(), signal, query),
      );
    },

    request: (call, body) => `POST ${new URL(call, base).href} ${JSON.stringify(body)}`,
  };
};
