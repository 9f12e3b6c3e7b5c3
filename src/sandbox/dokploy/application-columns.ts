import { z } from "zod";

const each = <T extends z.ZodType>(names: string, type: T): Record<string, z.ZodOptional<T>> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, type.optional()]),
  );

const nulls = (names: string): Record<string, null> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, null]),
  );

const texts = `
  previewEnv previewBuildArgs previewBuildSecrets previewWildcard previewPath previewCustomCertResolver buildArgs
  buildSecrets memoryReservation memoryLimit cpuReservation cpuLimit title subtitle command refreshToken repository owner branch buildPath
  gitlabRepository gitlabOwner gitlabBranch gitlabBuildPath gitlabPathNamespace giteaRepository giteaOwner giteaBranch giteaBuildPath
  bitbucketRepository bitbucketRepositorySlug bitbucketOwner bitbucketBranch bitbucketBuildPath username password registryUrl
  customGitUrl customGitBranch customGitBuildPath customGitSSHKeyId dockerfile dockerContextPath dockerBuildStage dropBuildPath
  railpackVersion herokuVersion publishDirectory registryId rollbackRegistryId githubId gitlabId giteaId bitbucketId buildServerId
  buildRegistryId icon`;
const lists = "watchPaths previewLabels args networkIds";
const numbers = "previewPort previewLimit gitlabProjectId stopGracePeriodSwarm";
const switches = `
  isPreviewDeploymentsActive previewRequireCollaboratorPermissions rollbackActive enabled cleanCache autoDeploy isStaticSpa`;
const firmSwitches = "previewHttps enableSubmodules createEnvFile detachDokployNetwork";
/** Docker's own structures. Only that they are objects or lists is checked here; nothing in this server reads them. */
const swarmObjects = `
  healthCheckSwarm restartPolicySwarm placementSwarm updateConfigSwarm rollbackConfigSwarm modeSwarm labelsSwarm endpointSpecSwarm`;
const swarmLists = "networkSwarm ulimitsSwarm";

export const appName = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-zA-Z0-9._-]+$/, "App name can only contain letters, numbers, dots, underscores and hyphens");

/** The body of `application.update`: any column may be set. Source: Dokploy's openapi.json, commit 772b7682. */
export const applicationColumns = z.object({
  ...each(texts, z.string().nullable()),
  ...each(lists, z.array(z.string()).nullable()),
  ...each(numbers, z.number().nullable()),
  ...each(switches, z.boolean().nullable()),
  ...each(firmSwitches, z.boolean()),
  ...each(swarmObjects, z.looseObject({}).nullable()),
  ...each(swarmLists, z.array(z.looseObject({})).nullable()),
  applicationId: z.string().min(1),
  name: z.string().min(1).optional(),
  appName: appName.optional(),
  description: z.string().nullable().optional(),
  env: z.string().nullable().optional(),
  dockerImage: z.string().nullable().optional(),
  sourceType: z.enum(["github", "docker", "git", "gitlab", "bitbucket", "gitea", "drop"]).optional(),
  triggerType: z.enum(["push", "tag"]).nullable().optional(),
  previewCertificateType: z.enum(["letsencrypt", "none", "custom"]).optional(),
  buildType: z
    .enum(["dockerfile", "heroku_buildpacks", "paketo_buildpacks", "nixpacks", "static", "railpack"])
    .optional(),
  applicationStatus: z.enum(["idle", "running", "done", "error"]).optional(),
  replicas: z.number().optional(),
  createdAt: z.string().optional(),
  environmentId: z.string().optional(),
});

/** What a new application starts with, besides its names. */
export const freshColumns = {
  ...nulls(`${texts} ${lists} ${numbers} ${switches} ${swarmObjects} ${swarmLists}`),
  rollbackActive: false,
  sourceType: "github",
  applicationStatus: "idle",
  buildType: "nixpacks",
  triggerType: "push",
  replicas: 1,
  autoDeploy: true,
  createEnvFile: true,
  enableSubmodules: false,
  detachDokployNetwork: false,
  networkIds: [] as string[],
  previewHttps: false,
  previewCertificateType: "none",
  dockerImage: null,
  env: null,
  icon: null,
} as const;
