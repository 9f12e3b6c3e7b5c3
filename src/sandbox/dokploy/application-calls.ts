import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { applicationColumns, appName, freshColumns } from "./application-columns.ts";
import { type Calls, id, mutation, query, tail } from "./call.ts";
import { noneOfOthers } from "./deployment-calls.ts";
import { shown } from "./domain-calls.ts";
import type { ApplicationRow } from "./rows.ts";
import { assertServer } from "./second-server.ts";
import { findApplication, findEnvironment, findProject, timestamp, type World } from "./world.ts";

const one = z.object({ applicationId: id });

const newApplication = z.object({
  name: z.string().min(1),
  appName: appName.optional(),
  description: z.string().nullish(),
  environmentId: z.string(),
  serverId: z.string().nullish(),
});

/** Made of optional columns that must be there all the same, which is what a refusal says of them. */
const dockerProvider = z
  .object({
    dockerImage: z.string().nullable().optional(),
    username: z.string().nullable().optional(),
    password: z.string().nullable().optional(),
    registryUrl: z.string().nullable().optional(),
  })
  .required()
  .extend({ applicationId: z.string() });

const environmentBody = z
  .object({
    env: z.string().nullable().optional(),
    buildArgs: z.string().nullable().optional(),
    buildSecrets: z.string().nullable().optional(),
    createEnvFile: z.boolean().optional(),
  })
  .required()
  .extend({ applicationId: z.string() });

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
      assertServer(wish.serverId, "Error creating the application");
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
    "application.update": mutation(applicationColumns, ({ appName: _, applicationId, ...columns }) => {
      if (Object.keys(columns).length === 0) throw new ApiError("INTERNAL_SERVER_ERROR", "No values to set");
      const application = tables.applications.find((row) => row.applicationId === applicationId);
      if (application === undefined) throw new ApiError("BAD_REQUEST", "Error updating application");
      return change(application, columns);
    }),

    // Removes the service too, unlike `project.remove`. A deployment that is under way goes on and makes it anew.
    "application.delete": mutation(one, async ({ applicationId }) => {
      const application = findApplication(tables, applicationId);
      const shown = withRelations(world, application);
      tables.applications = tables.applications.filter((row) => row !== application);
      tables.domains = tables.domains.filter((row) => row.applicationId !== applicationId);
      tables.mounts = tables.mounts.filter((row) => row.applicationId !== applicationId);
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

  const serviceOf = ({ appName }: ApplicationRow) => tables.services.find((row) => row.appName === appName);

  return {
    // Queues only, and gives no id: the title is how a caller finds its deployment again.
    "application.deploy": mutation(
      one.extend({ title: z.string().optional(), description: z.string().optional() }),
      ({ applicationId, title = "Manual deployment", description = "" }) => {
        findApplication(tables, applicationId);
        const { serverId } = findApplication(tables, applicationId);
        deployments.add({ applicationId, title, description, serverId });
      },
    ),

    // Both answer with the row as it was. Stopping what does not run is no error, starting it is.
    "application.stop": mutation(one, async ({ applicationId }) => {
      const application = findApplication(tables, applicationId);
      const before = withRelations(world, application);
      const service = serviceOf(application);
      if (service !== undefined) service.replicas = 0;
      application.applicationStatus = "idle";
      save();
      await containers.end(application.appName);
      return before;
    }),

    "application.start": mutation(one, ({ applicationId }) => {
      const application = findApplication(tables, applicationId);
      const { appName } = application;
      const before = withRelations(world, application);
      const service = serviceOf(application);
      if (service === undefined)
        throw new ApiError(
          "INTERNAL_SERVER_ERROR",
          `Command execution failed: Command failed: docker service scale ${appName}=1 \n${appName}: Error response from daemon: service ${appName} not found\n`,
        );
      service.replicas = 1;
      application.applicationStatus = "done";
      save();
      containers.run(service);
      return before;
    }),

    "application.cleanQueues": mutation(one, ({ applicationId }) => deployments.dropWaiting(applicationId)),

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
        const application = findApplication(tables, applicationId);
        const { appName: service } = application;
        if (serviceOf(application) === undefined)
          throw new ApiError("INTERNAL_SERVER_ERROR", `No container or service found for: ${service}`);
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
    domains: tables.domains.filter((row) => row.applicationId === applicationId).map(shown),
    deployments: tables.deployments
      .filter((row) => row.applicationId === applicationId)
      .map((row) => ({ ...row, ...noneOfOthers })),
    mounts: tables.mounts.filter((row) => row.applicationId === applicationId),
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
