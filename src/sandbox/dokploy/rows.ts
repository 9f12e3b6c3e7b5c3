import { z } from "zod";

/** The tables of a Dokploy server as far as deployments need them, and what outlives their rows: the swarm's services and Traefik's routes. */

const project = z.object({
  projectId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: z.string(),
  organizationId: z.string(),
  env: z.string(),
});

const environment = z.object({
  environmentId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: z.string(),
  env: z.string(),
  projectId: z.string(),
  isDefault: z.boolean(),
});

/** Loose, because `application.update` sets any of about eighty columns. */
const application = z.looseObject({
  applicationId: z.string(),
  name: z.string(),
  appName: z.string(),
  description: z.string().nullable(),
  environmentId: z.string(),
  serverId: z.string().nullable(),
  createdAt: z.string(),
  applicationStatus: z.enum(["idle", "running", "done", "error"]),
  sourceType: z.string(),
  dockerImage: z.string().nullable(),
  env: z.string().nullable(),
  replicas: z.number(),
  icon: z.string().nullable(),
});

const domain = z.object({
  domainId: z.string(),
  host: z.string(),
  https: z.boolean(),
  port: z.number().nullable(),
  path: z.string().nullable(),
  certificateType: z.enum(["letsencrypt", "none", "custom"]),
  customCertResolver: z.string().nullable().default(null),
  domainType: z.enum(["compose", "application", "preview"]).nullable(),
  /** Null: it belongs to a compose service, or to nothing. */
  applicationId: z.string().nullable(),
  composeId: z.string().nullable().default(null),
  serviceName: z.string().nullable().default(null),
  uniqueConfigKey: z.number(),
  createdAt: z.string(),
  enabled: z.boolean(),
});

/** What is not `default`ed was there before this server ran compose files. */
const compose = z.object({
  composeId: z.string(),
  name: z.string(),
  appName: z.string(),
  environmentId: z.string(),
  description: z.string().nullable().default(null),
  env: z.string().nullable().default(null),
  composeFile: z.string().default(""),
  sourceType: z.string().default("github"),
  composeType: z.string().default("docker-compose"),
  command: z.string().default(""),
  composeStatus: z.enum(["idle", "running", "done", "error"]).default("idle"),
  serverId: z.string().nullable().default(null),
  createdAt: z.string().default(""),
  /** The file and variables that its containers run by, after its last deployment that was done. */
  up: z.object({ composeFile: z.string(), env: z.string().nullable() }).optional(),
});

const deployment = z.object({
  deploymentId: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  status: z.enum(["running", "done", "error", "cancelled"]),
  logPath: z.string(),
  pid: z.null(),
  /** Null: a compose service's. */
  applicationId: z.string().nullable(),
  composeId: z.string().nullable().default(null),
  createdAt: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  errorMessage: z.null(),
});

/** Only volumes do something here; the other types are kept as rows. */
const mount = z.object({
  mountId: z.string(),
  type: z.enum(["bind", "volume", "file"]),
  hostPath: z.string().nullable(),
  volumeName: z.string().nullable(),
  filePath: z.string().nullable(),
  content: z.string().nullable(),
  mountPath: z.string(),
  serviceType: z.string(),
  applicationId: z.string().nullable(),
  composeId: z.string().nullable(),
});

const service = z.object({
  appName: z.string(),
  image: z.string(),
  /** NAME=value, as the container gets them. Left out by versions that kept names only. */
  env: z.array(z.string()).default([]),
  replicas: z.number(),
});

const route = z.object({
  domainId: z.string(),
  /** The swarm's service, or the first container of a compose service. */
  appName: z.string(),
  /** Of a compose service: its project. */
  project: z.string().optional(),
  host: z.string(),
  path: z.string(),
  /** Where the container listens. */
  port: z.number(),
  https: z.boolean(),
});

/** Rows stand in the order in which they were made. */
export const tables = z.object({
  apiKey: z.string(),
  apiPort: z.number(),
  proxyPort: z.number(),
  projects: z.array(project),
  environments: z.array(environment),
  applications: z.array(application),
  domains: z.array(domain),
  deployments: z.array(deployment),
  services: z.array(service),
  routes: z.array(route),
  composes: z.array(compose).default([]),
  mounts: z.array(mount).default([]),
  /** The last `uniqueConfigKey`: one series for the whole server. */
  configKeys: z.number().default(0),
});

export type Tables = z.infer<typeof tables>;
export type ProjectRow = z.infer<typeof project>;
export type EnvironmentRow = z.infer<typeof environment>;
export type ApplicationRow = z.infer<typeof application>;
export type DomainRow = z.infer<typeof domain>;
export type ComposeRow = z.infer<typeof compose>;
export type DeploymentRow = z.infer<typeof deployment>;
export type MountRow = z.infer<typeof mount>;
export type ServiceRow = z.infer<typeof service>;
export type RouteRow = z.infer<typeof route>;

/** All that the sandbox shows belongs to this organisation. */
export const organizationId = "this-machine";
