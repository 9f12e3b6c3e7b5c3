import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { createAsk } from "./ask.ts";
import { newDomainBody, newVolumeBody } from "./bodies.ts";
import type { Dokploy } from "./dokploy.ts";
import {
  anything,
  applicationAnswer,
  applicationDetails,
  deploymentRow,
  domainRow,
  environmentApplications,
  environmentRow,
  keyOwnerRow,
  lookedUp,
  projectCreated,
  projectRow,
  queuedJob,
  serverRow,
  taskRow,
} from "./schemas.ts";

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

  const get = <T extends z.ZodType>(
    call: string,
    about: string,
    schema: T,
    signal: AbortSignal,
    query: Readonly<Record<string, string>> = {},
  ) => {
    const url = new URL(call, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return ask({ method: "GET", url, schema, about }, signal);
  };

  /** A call whose effect must not happen twice. */
  const make = <T extends z.ZodType>(
    call: string,
    about: string,
    schema: T,
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) => ask({ method: "POST", url: new URL(call, base), body, schema, about }, signal);

  /** A call that leads to the same state however often it is made, and whose answer is not needed. */
  const set = async (
    call: string,
    about: string,
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<void> => {
    const url = new URL(call, base);
    await ask({ method: "POST", url, body, schema: anything, about, repeatable: true, empty: true }, signal);
  };

  return {
    baseUrl: base,

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

    async applications(projectId, environmentId, signal) {
      const about = "list the project's applications";
      const rows = await get("environment.byProjectId", about, z.array(environmentApplications), signal, {
        projectId,
      });
      const found = rows.find((row) => row.environmentId === environmentId);
      if (found === undefined)
        throw new AppError(
          "not-found",
          "The environment is no longer part of the project. It may have been deleted meanwhile.",
        );
      return found.applications;
    },

    application: (applicationId, signal) =>
      get("application.one", "show the application", applicationDetails, signal, { applicationId }),

    createApplication: (wish, signal) =>
      make(
        "application.create",
        `create the application “${wish.name}”`,
        applicationAnswer,
        { ...wish },
        signal,
      ),

    change: (applicationId, { sourceType, ...columns }, signal) =>
      set(
        "application.update",
        "change the application",
        { applicationId, ...(sourceType != null && { sourceType }), ...columns },
        signal,
      ),

    addVolume: async (applicationId, wish, signal) => {
      await make(
        "mounts.create",
        `mount ${wish.mountPath}`,
        anything,
        newVolumeBody(applicationId, wish),
        signal,
      );
    },

    removeMount: (mountId, signal) => gone(set("mounts.remove", "remove the mount", { mountId }, signal)),

    removeApplication: (applicationId, signal) =>
      gone(set("application.delete", "remove the application", { applicationId }, signal)),

    domains: (applicationId, signal) =>
      get("domain.byApplicationId", "list the application's domains", z.array(domainRow), signal, {
        applicationId,
      }),

    createDomain: (wish, signal) =>
      make("domain.create", `add the domain ${wish.host}`, domainRow, newDomainBody(wish), signal),

    removeDomain: (domainId, signal) => gone(set("domain.delete", "remove the domain", { domainId }, signal)),

    composeDomains: (composeId, signal) =>
      get("domain.byComposeId", "list the compose service's domains", z.array(domainRow), signal, {
        composeId,
      }),

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

    tasks: ({ appName, serverId }, signal) =>
      get("docker.getServiceContainersByAppName", "show the stack's containers", z.array(taskRow), signal, {
        appName,
        ...(serverId != null && { serverId }),
      }),

    containerLog: async (applicationId, signal) =>
      linesOf(
        await get("application.readLogs", "show the containers' output", z.string(), signal, {
          applicationId,
          tail: "50",
        }),
      ),

    version: (signal) => get("settings.getDokployVersion", "tell its version", z.string(), signal),

    keyOwner: (signal) => get("user.get", "tell what the API key may do", keyOwnerRow, signal),

    async deploy(applicationId, wish, signal) {
      const url = new URL("application.deploy", base);
      const body = { applicationId, ...wish };
      const about = "order the deployment";
      await ask({ method: "POST", url, body, schema: anything, about, empty: true }, signal);
    },

    deployments: (applicationId, signal) =>
      get("deployment.all", "list the deployments", z.array(deploymentRow), signal, { applicationId }),

    queue: async (signal) =>
      // Newest first, as it comes.
      (await get("deployment.queueList", "show its queue", z.array(queuedJob), signal)).sort(
        (one, other) => one.orderedAt - other.orderedAt,
      ),

    dropQueued: (applicationId, signal) =>
      set("application.cleanQueues", "drop the queued deployments", { applicationId }, signal),

    async deploymentLog(deploymentId, signal) {
      const query = { deploymentId, tail: logLines };
      return linesOf(
        await get("deployment.readLogs", "show the deployment's log", z.string(), signal, query),
      );
    },

    request: (call, body) => `POST ${new URL(call, base).href} ${JSON.stringify(body)}`,
  };
};

const linesOf = (log: string): string[] => log.split(/\r?\n/).filter((line) => line.trim() !== "");

/** Removing what is gone already is what was wanted. Whether it is really gone, those who must know look up. */
const gone = async (removing: Promise<void>): Promise<void> => {
  try {
    await removing;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
  }
};
