import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { applicationColumns, appName, freshColumns } from "./application-columns.ts";
import { type Calls, id, mutation, query, tail } from "./call.ts";
import type { ApplicationRow } from "./rows.ts";
import { findApplication, findEnvironment, findProject, timestamp, type World } from "./world.ts";

const one = z.object({ applicationId: id });

const newApplication = z.object({
  name: z.string().min(1),
  appName: appName.optional(),
  description: z.string().nullish(),
  environmentId: z.string(),
  serverId: z.string().nullish(),
});

const dockerProvider = z.object({
  applicationId: z.string(),
  dockerImage: z.string().nullable(),
  username: z.string().nullable(),
  password: z.string().nullable(),
  registryUrl: z.string().nullable(),
});

const environmentBody = z.object({
  applicationId: z.string(),
  env: z.string().nullable(),
  buildArgs: z.string().nullable(),
  buildSecrets: z.string().nullable(),
  createEnvFile: z.boolean(),
});

/** An application's rows: made, changed, shown, removed. */
export const applicationCalls = (world: World): Calls => {
  const { file, containers, deployments } = world;
  const { tables, save } = file;
  const change = (row: ApplicationRow, columns: Partial<ApplicationRow>): true => {
    Object.assign(row, columns);
    save();
    return true;
  };

  return {
    "application.create": mutation(newApplication, (wish) => {
      const { environmentId } = findEnvironment(tables, wish.environmentId);
      const service = `${wish.appName ?? "app"}-${world.newEnding()}`;
      if (tables.applications.some((row) => row.appName === service))
        throw new ApiError("CONFLICT", "Application with this 'AppName' already exists");
      const application: ApplicationRow = {
        ...freshColumns,
        applicationId: world.newId(),
        name: wish.name,
        appName: service,
        description: wish.description ?? null,
        environmentId,
        serverId: wish.serverId ?? null,
        refreshToken: world.newId(),
        createdAt: timestamp(world),
      };
      tables.applications.push(application);
      save();
      return application;
    }),

    "application.one": query(one, ({ applicationId }) =>
      withRelations(world, findApplication(tables, applicationId)),
    ),

    "application.saveDockerProvider": mutation(dockerProvider, (columns) =>
      change(findApplication(tables, columns.applicationId), {
        ...columns,
        sourceType: "docker",
        applicationStatus: "idle",
      }),
    ),

    "application.saveEnvironment": mutation(environmentBody, (columns) =>
      change(findApplication(tables, columns.applicationId), columns),
    ),

    // The service's name is fixed once the application is made.
    "application.update": mutation(applicationColumns, ({ appName: _, ...columns }) =>
      change(findApplication(tables, columns.applicationId), columns),
    ),

    // Removes the service too, unlike `project.remove`. A deployment that is under way goes on and makes it anew.
    "application.delete": mutation(one, async ({ applicationId }) => {
      const application = findApplication(tables, applicationId);
      const shown = withRelations(world, application);
      tables.applications = tables.applications.filter((row) => row !== application);
      tables.domains = tables.domains.filter((row) => row.applicationId !== applicationId);
      tables.routes = tables.routes.filter((route) => route.appName !== application.appName);
      tables.services = tables.services.filter((service) => service.appName !== application.appName);
      deployments.forget(tables.deployments.filter((row) => row.applicationId === applicationId));
      save();
      await containers.end(application.appName);
      return shown;
    }),
  };
};

/** What an application does: it is deployed, stopped and started, and it writes. */
export const serviceCalls = (world: World): Calls => {
  const { file, containers, deployments, now } = world;
  const { tables, save } = file;

  const scale = async (applicationId: string, replicas: 0 | 1, applicationStatus: "idle" | "done") => {
    const application = findApplication(tables, applicationId);
    const service = tables.services.find((row) => row.appName === application.appName);
    if (service === undefined)
      throw new ApiError("INTERNAL_SERVER_ERROR", `no such service: ${application.appName}`);
    service.replicas = replicas;
    application.applicationStatus = applicationStatus;
    save();
    await (replicas === 0 ? containers.end(service.appName) : containers.run(service));
    return application;
  };

  return {
    // Queues only, and gives no id: the title is how a caller finds its deployment again.
    "application.deploy": mutation(
      one.extend({ title: z.string().optional(), description: z.string().optional() }),
      ({ applicationId, title = "Manual deployment", description = "" }) => {
        findApplication(tables, applicationId);
        deployments.add({ applicationId, title, description });
      },
    ),

    "application.stop": mutation(one, ({ applicationId }) => scale(applicationId, 0, "idle")),

    "application.start": mutation(one, ({ applicationId }) => scale(applicationId, 1, "done")),

    "application.cleanQueues": mutation(one, ({ applicationId }) => {
      findApplication(tables, applicationId);
      deployments.dropWaiting(applicationId);
    }),

    // Nothing to end: the deployment of an image is no build.
    "application.killBuild": mutation(one, ({ applicationId }) => {
      findApplication(tables, applicationId);
    }),

    "application.cancelDeployment": mutation(one, () => {
      throw new ApiError("BAD_REQUEST", "Deployment cancellation only available in cloud version");
    }),

    "application.readLogs": query(
      one.extend({
        tail,
        since: z
          .string()
          .regex(/^(all|\d+[smhd])$/)
          .default("all"),
        search: z
          .string()
          .regex(/^[a-zA-Z0-9 ._-]{0,500}$/)
          .default(""),
      }),
      ({ applicationId, tail: lines, since, search }) => {
        const { appName: service } = findApplication(tables, applicationId);
        return containers
          .logOf(service)
          .filter(({ at, text }) => at >= now() - ageMs(since) && text.includes(search))
          .slice(-lines)
          .map(({ at, text }) => `${new Date(at).toISOString()} ${text}`)
          .join("\n");
      },
    ),
  };
};

/** "5m" as milliseconds. */
const ageMs = (since: string): number => {
  if (since === "all") return Number.POSITIVE_INFINITY;
  const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number.parseInt(since, 10) * (unitMs[since.slice(-1)] ?? 0);
};

const withRelations = ({ file: { tables } }: World, application: ApplicationRow) => {
  const { applicationId } = application;
  const environment = findEnvironment(tables, application.environmentId);
  return {
    ...application,
    environment: { ...environment, project: findProject(tables, environment.projectId) },
    domains: tables.domains.filter((row) => row.applicationId === applicationId),
    deployments: tables.deployments.filter((row) => row.applicationId === applicationId).toReversed(),
    mounts: [],
    ports: [],
    redirects: [],
    security: [],
    previewDeployments: [],
    registry: null,
    server: null,
    hasGitProviderAccess: true,
    unauthorizedProvider: null,
  };
};
