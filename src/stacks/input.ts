import type { Certificate } from "#connectors/dokploy/dokploy.ts";
import type { ServerChoice } from "./server.ts";

/** What every stack is given, whether it is one image or all that a compose file names. */
export interface StackBase extends ServerChoice {
  /** 3 to 20 lower case letters, digits and hyphens. */
  name: string;
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
  /** The environment's name; null: the project's default one. */
  environment?: string | null;
  /** The name of a server that Dokploy deploys to; null: its own. */
  server?: string | null;
  /** Of the stack's own host; Let's Encrypt where none is given. */
  certificate?: Certificate;
  moreDomains?: MoreDomain[];
  /** The service of a compose file whose page the stack's own host shows. */
  pageOf?: string;
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
  /** Of a compose file, the service that it leads to; left out: the same. */
  service?: string;
}
