import { notFound } from "./api-error.ts";
import type { ComposeContainers } from "./compose-containers.ts";
import type { Containers } from "./containers.ts";
import type { Deployments } from "./deployments.ts";
import type { Faults } from "./faults.ts";
import type {
  ApplicationRow,
  ComposeRow,
  DeploymentRow,
  DomainRow,
  EnvironmentRow,
  ProjectRow,
  Tables,
} from "./rows.ts";
import type { TablesFile } from "./tables-file.ts";

/** What the calls work on. */
export interface World {
  file: TablesFile;
  containers: Containers;
  composeContainers: ComposeContainers;
  deployments: Deployments;
  faults: Faults;
  /** Hosts under it lead to this machine. */
  domainSuffix: string;
  now(): number;
  newId(): string;
  /** Six characters, which make a service's name unique. */
  newEnding(): string;
}

export const timestamp = ({ now }: Pick<World, "now">): string => new Date(now()).toISOString();

export const findProject = ({ projects }: Tables, projectId: string): ProjectRow =>
  found(
    projects.find((row) => row.projectId === projectId),
    "Project",
  );

export const findEnvironment = ({ environments }: Tables, environmentId: string): EnvironmentRow =>
  found(
    environments.find((row) => row.environmentId === environmentId),
    "Environment",
  );

export const findApplication = ({ applications }: Tables, applicationId: string): ApplicationRow =>
  found(
    applications.find((row) => row.applicationId === applicationId),
    "Application",
  );

export const findCompose = ({ composes }: Tables, composeId: string): ComposeRow =>
  found(
    composes.find((row) => row.composeId === composeId),
    "Compose",
  );

export const findDomain = ({ domains }: Tables, domainId: string): DomainRow =>
  found(
    domains.find((row) => row.domainId === domainId),
    "Domain",
  );

export const findDeployment = ({ deployments }: Tables, deploymentId: string): DeploymentRow =>
  found(
    deployments.find((row) => row.deploymentId === deploymentId),
    "Deployment",
  );

const found = <T>(row: T | undefined, what: string): T => {
  if (row === undefined) throw notFound(what);
  return row;
};
