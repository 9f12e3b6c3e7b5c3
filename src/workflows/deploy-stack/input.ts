import type { Certificate } from "#connectors/dokploy/dokploy.ts";
import type { ServerChoice } from "#stacks/server.ts";

export interface StackInput extends ServerChoice {
  /** 3 to 20 lower case letters, digits and hyphens. */
  name: string;
  image: string;
  domainSuffix: string;
  /** Where the container listens. */
  port: number;
  https: boolean;
  /** Where people reach it, when it is not the scheme's usual port. */
  publicPort: number | null;
  /** Names of the environment variables that are set; their values are a secret. */
  variables: string[];
  /** Names of those that are taken out. */
  removedVariables: string[];
  /** Whether all that are not set here are taken out. */
  replaceVariables: boolean;
  /** "/" or deeper. */
  healthPath: string;
  healthEveryMs: number;
  healthTimeoutMs: number;
  /** Whether a page that asks for a login (401, 403) is as good as one that is shown. */
  loginIsHealthy: boolean;
  /** Whether a stack that failed stays for a person to look at. */
  keepFailed: boolean;
  // What few stacks need; runs of earlier versions have none of it.
  /** Folders that outlive the container, in Docker volumes. */
  volumes?: Volume[];
  /** Who may pull the image; the password is a secret. Null: what the application has stays. */
  registry?: { username: string; url: string | null } | null;
  /** Null, here and below: as the application has it. */
  replicas?: number | null;
  memoryMb?: number | null;
  /** Takes the place of the image's own. */
  command?: string | null;
  /** The environment's name; null: the project's default one. */
  environment?: string | null;
  /** The name of a server that Dokploy deploys to; null: its own. */
  server?: string | null;
  /** Of the stack's own host; Let's Encrypt where none is given. */
  certificate?: Certificate;
  moreDomains?: MoreDomain[];
}

export interface Volume {
  /** Of the volume, in Docker. */
  name: string;
  /** Where the container sees it. */
  path: string;
}

/** A host besides the stack's own. */
export interface MoreDomain {
  host: string;
  /** "/" or deeper. */
  path: string;
  /** Null: the same as of the stack's own. */
  port: number | null;
  /** Null: the same. */
  https: boolean | null;
  certificate: Certificate;
}
