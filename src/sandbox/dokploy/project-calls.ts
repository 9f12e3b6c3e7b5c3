import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Calls, id, mutation, query } from "./call.ts";
import { type EnvironmentRow, organizationId, type ProjectRow, type Tables } from "./rows.ts";
import { findEnvironment, findProject, timestamp, type World } from "./world.ts";

const newProject = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  env: z.string().optional(),
});

export const projectCalls = (world: World): Calls => {
  const { tables, save } = world.file;
  return {
    "project.all": query(z.unknown(), () =>
      tables.projects.toReversed().map((row) => withNames(tables, row)),
    ),

    "project.one": query(z.object({ projectId: id }), ({ projectId }) => {
      const project = findProject(tables, projectId);
      return {
        ...project,
        environments: environmentsOf(tables, projectId).map((row) => withServices(tables, row)),
        projectTags: [],
      };
    }),

    // The same name may be used again: nothing here is unique but the ids.
    "project.create": mutation(newProject, ({ name, description = null, env = "" }) => {
      const project = {
        projectId: world.newId(),
        name,
        description,
        createdAt: timestamp(world),
        organizationId,
        env,
      };
      const environment = newEnvironment(world, {
        name: "production",
        description: "Production environment",
        projectId: project.projectId,
        isDefault: true,
      });
      tables.projects.push(project);
      tables.environments.push(environment);
      save();
      return { project, environment };
    }),

    // Removes rows only. The services and routes of its applications stay behind: orphans.
    "project.remove": mutation(z.object({ projectId: id }), ({ projectId }) => {
      const project = findProject(tables, projectId);
      for (const environment of environmentsOf(tables, projectId)) removeRows(world, environment);
      tables.projects = tables.projects.filter((row) => row !== project);
      save();
      return project;
    }),
  };
};

export const environmentCalls = (world: World): Calls => {
  const { tables, save } = world.file;
  return {
    "environment.byProjectId": query(z.object({ projectId: z.string() }), ({ projectId }) => {
      const project = tables.projects.find((row) => row.projectId === projectId);
      // A project that is not there has no environments, and that is no error.
      return environmentsOf(tables, projectId).map((row) => {
        const { createdAt: _, env: __, projectId: ___, ...shown } = withServices(tables, row);
        return { ...shown, project };
      });
    }),

    "environment.one": query(z.object({ environmentId: id }), ({ environmentId }) => {
      const environment = findEnvironment(tables, environmentId);
      const { createdAt: _, ...shown } = withServices(tables, environment);
      return { ...shown, project: findProject(tables, environment.projectId) };
    }),

    "environment.create": mutation(
      z.object({ name: z.string().min(1), projectId: id, description: z.string().optional() }),
      ({ name, projectId, description = null }) => {
        findProject(tables, projectId);
        if (name === "production")
          throw new ApiError("BAD_REQUEST", "You cannot create a environment with the name 'production'");
        const environment = newEnvironment(world, { name, description, projectId, isDefault: false });
        tables.environments.push(environment);
        save();
        return environment;
      },
    ),

    "environment.remove": mutation(z.object({ environmentId: id }), ({ environmentId }) => {
      const environment = findEnvironment(tables, environmentId);
      if (environment.isDefault)
        throw new ApiError("BAD_REQUEST", "You cannot delete the default environment");
      removeRows(world, environment);
      save();
      return environment;
    }),
  };
};

const newEnvironment = (
  world: World,
  row: Pick<EnvironmentRow, "name" | "description" | "projectId" | "isDefault">,
): EnvironmentRow => ({ environmentId: world.newId(), createdAt: timestamp(world), env: "", ...row });

const environmentsOf = ({ environments }: Tables, projectId: string): EnvironmentRow[] =>
  environments.filter((row) => row.projectId === projectId);

/** The kinds of services that only a whole Dokploy runs. */
const noOthers = { mariadb: [], mongo: [], mysql: [], postgres: [], redis: [], libsql: [] };

const withServices = (tables: Tables, environment: EnvironmentRow) => ({
  ...environment,
  applications: tables.applications
    .filter((row) => row.environmentId === environment.environmentId)
    .map(({ name, appName, description, createdAt, serverId, applicationStatus, applicationId, icon }) => ({
      name,
      appName,
      description,
      createdAt,
      serverId,
      applicationStatus,
      applicationId,
      icon,
      server: null,
    })),
  compose: composesOf(tables, environment.environmentId),
  ...noOthers,
});

const composesOf = ({ composes }: Tables, environmentId: string) =>
  composes
    .filter((row) => row.environmentId === environmentId)
    .map(({ composeId, name, appName, description, createdAt, composeStatus, serverId }) => ({
      composeId,
      name,
      appName,
      description,
      createdAt,
      composeStatus,
      serverId,
      server: null,
    }));

const withNames = (tables: Tables, project: ProjectRow) => ({
  ...project,
  environments: environmentsOf(tables, project.projectId).map(({ name, environmentId, isDefault }) => ({
    name,
    environmentId,
    isDefault,
    applications: tables.applications
      .filter((row) => row.environmentId === environmentId)
      .map(({ applicationId, name: called, applicationStatus }) => ({
        applicationId,
        name: called,
        applicationStatus,
      })),
    compose: composesOf(tables, environmentId),
    ...noOthers,
  })),
  projectTags: [],
});

/** As the database does it: with an environment go its applications, with these their domains and deployments. */
const removeRows = ({ file: { tables }, deployments }: World, environment: EnvironmentRow): void => {
  const gone = new Set(
    tables.applications
      .filter((row) => row.environmentId === environment.environmentId)
      .map(({ applicationId }) => applicationId),
  );
  deployments.forget(tables.deployments.filter((row) => gone.has(row.applicationId ?? "")));
  tables.composes = tables.composes.filter((row) => row.environmentId !== environment.environmentId);
  tables.domains = tables.domains.filter(({ applicationId }) => !gone.has(applicationId ?? ""));
  tables.mounts = tables.mounts.filter(({ applicationId }) => !gone.has(applicationId ?? ""));
  tables.applications = tables.applications.filter((row) => !gone.has(row.applicationId));
  tables.environments = tables.environments.filter((row) => row !== environment);
};
