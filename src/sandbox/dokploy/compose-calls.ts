import { parse } from "yaml";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { appName } from "./application-columns.ts";
import { type Calls, id, mutation, query, tail } from "./call.ts";
import { shown } from "./domain-calls.ts";
import type { ComposeRow } from "./rows.ts";
import { assertServer } from "./second-server.ts";
import { findCompose, findEnvironment, findProject, timestamp, type World } from "./world.ts";

const one = z.object({ composeId: id });

const columns = z.object({
  name: z.string().min(1),
  description: z.string(),
  env: z.string(),
  composeFile: z.string(),
  composeType: z.enum(["docker-compose", "stack"]),
  sourceType: z.enum(["git", "github", "gitlab", "bitbucket", "gitea", "raw"]),
  command: z.string(),
});

const newCompose = columns
  .pick({ description: true, composeFile: true, composeType: true, sourceType: true })
  .partial()
  .extend({
    name: z.string().min(1),
    appName: appName.optional(),
    environmentId: z.string(),
    serverId: z.string().nullish(),
  });

/** Compose services. Source: Dokploy's routers/compose.ts, services/compose.ts and db/schema/compose.ts; nothing was recorded. */
export const composeCalls = (world: World): Calls => {
  const { file, composeContainers, deployments } = world;
  const { tables, save } = file;
  return {
    "compose.create": mutation(newCompose, ({ appName: given = "compose", ...wish }) => {
      const { environmentId } = findEnvironment(tables, wish.environmentId);
      assertServer(wish.serverId, "Error creating the compose");
      const project = `${given}-${world.newEnding()}`;
      if (tables.composes.some((row) => row.appName === project))
        throw new ApiError("CONFLICT", "Service with this 'AppName' already exists");
      const compose: ComposeRow = {
        composeId: world.newId(),
        name: wish.name,
        appName: project,
        description: wish.description ?? null,
        env: null,
        composeFile: wish.composeFile ?? "",
        sourceType: wish.sourceType ?? "github",
        composeType: wish.composeType ?? "docker-compose",
        command: "",
        composeStatus: "idle",
        environmentId,
        serverId: wish.serverId ?? null,
        createdAt: timestamp(world),
      };
      tables.composes.push(compose);
      save();
      return compose;
    }),

    "compose.one": query(one, ({ composeId }) => withRelations(world, findCompose(tables, composeId))),

    // Answers with the row, and with nothing when there is none: unlike an application's.
    "compose.update": mutation(
      columns.partial().extend({ composeId: z.string() }),
      ({ composeId, ...wish }) => {
        if (Object.keys(wish).length === 0) throw new ApiError("INTERNAL_SERVER_ERROR", "No values to set");
        const compose = tables.composes.find((row) => row.composeId === composeId);
        if (compose === undefined) return undefined;
        Object.assign(compose, wish);
        save();
        return compose;
      },
    ),

    "compose.saveEnvironment": mutation(
      z.object({ composeId: z.string(), env: z.string(), createEnvFile: z.boolean().optional() }),
      ({ composeId, env }) => {
        Object.assign(findCompose(tables, composeId), { env });
        save();
        return true;
      },
    ),

    "compose.deploy": mutation(
      one.extend({ title: z.string().optional(), description: z.string().optional() }),
      ({ composeId, title = "Manual deployment", description = "" }) => {
        findCompose(tables, composeId);
        const { serverId } = findCompose(tables, composeId);
        deployments.add({ composeId, title, description, serverId });
        return { success: true, message: "Deployment queued", composeId };
      },
    ),

    // Volumes are files of containers that are none here, so there is nothing to keep or delete.
    "compose.delete": mutation(one.extend({ deleteVolumes: z.boolean() }), async ({ composeId }) => {
      const compose = findCompose(tables, composeId);
      const before = withRelations(world, compose);
      tables.composes = tables.composes.filter((row) => row !== compose);
      tables.domains = tables.domains.filter((row) => row.composeId !== composeId);
      tables.mounts = tables.mounts.filter((row) => row.composeId !== composeId);
      tables.routes = tables.routes.filter((route) => route.project !== compose.appName);
      deployments.dropWaiting(composeId);
      deployments.forget(tables.deployments.filter((row) => row.composeId === composeId));
      save();
      await composeContainers.down(compose.appName);
      return before;
    }),

    "compose.cleanQueues": mutation(one, ({ composeId }) => {
      deployments.dropWaiting(composeId);
      return { success: true, message: "Queues cleaned successfully" };
    }),

    "compose.loadServices": query(
      one.extend({ type: z.enum(["fetch", "cache"]).default("cache") }),
      ({ composeId }) => {
        const read: unknown = parse(findCompose(tables, composeId).composeFile);
        const services = z.object({ services: z.record(z.string(), z.unknown()) }).safeParse(read);
        if (!services.success) throw new ApiError("NOT_FOUND", "Services not found");
        return Object.keys(services.data.services);
      },
    ),

    // It looks among the containers that run, by the beginning of their names.
    "compose.readLogs": query(
      one.extend({ containerId: z.string().regex(/^[a-zA-Z0-9.\-_]+$/), tail }),
      ({ composeId, containerId, tail: lines }) => {
        const { appName: project } = findCompose(tables, composeId);
        const found = composeContainers
          .list(project)
          .find(({ name, state }) => name.startsWith(containerId) && state !== "exited");
        if (found === undefined)
          throw new ApiError("INTERNAL_SERVER_ERROR", `No container or service found for: ${containerId}`);
        return composeContainers
          .logOf(found.name)
          .slice(-lines)
          .map(({ at, text }) => `${new Date(at).toISOString()} ${text}`)
          .join("\n");
      },
    ),
  };
};

const withRelations = ({ file: { tables } }: World, compose: ComposeRow) => {
  const { composeId } = compose;
  const environment = findEnvironment(tables, compose.environmentId);
  return {
    ...compose,
    environment: { ...environment, project: findProject(tables, environment.projectId) },
    domains: tables.domains.filter((row) => row.composeId === composeId).map(shown),
    deployments: tables.deployments.filter((row) => row.composeId === composeId),
    mounts: tables.mounts.filter((row) => row.composeId === composeId),
    server: null,
    backups: [],
    hasGitProviderAccess: true,
    unauthorizedProvider: null,
  };
};
