import { createDokploy } from "#connectors/dokploy/client.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { type Visit, visit } from "#connectors/dokploy/visit.ts";
import type { Connections } from "#core/connection.ts";
import type { Secrets } from "#core/secrets.ts";
import type { Host } from "#workflows/host.ts";

/** What the steps of this workflow are handed. */
export interface StackDeps {
  connections: Connections;
  /** A client for a stored connection; the API key only ever goes to that connection's own host. */
  connect(connectionId: string): Promise<Dokploy>;
  /** Looks at a URL once. */
  visit(url: string, signal: AbortSignal, options: { timeLimitMs: number }): Promise<Visit>;
  /** Between looks at a deployment. */
  lookEveryMs: number;
  /** So long a removal waits for a deployment that still runs, because Dokploy cannot stop it: as long as one may take. */
  settleMs: number;
  /** So long what only reads waits for a Dokploy that does not answer. */
  outageMs: number;
  /** So long a new container must have run to count as one that stays: a swarm's own time of five seconds, and some. */
  monitorMs: number;
  /** After the time for the health check, so long a certificate is waited for. */
  certificateMs: number;
  /** Seals what an application was before. */
  secrets: Secrets;
}

export type StackHost = Pick<Host, "connections" | "lookEveryMs" | "secrets">;

/** Clients are made anew for each call, so that a changed connection is used at once. */
export const stackDeps = ({ connections, lookEveryMs, secrets }: StackHost): StackDeps => ({
  connections,
  secrets,
  visit,
  lookEveryMs: Math.min(lookEveryMs, 2_000),
  settleMs: 30 * 60_000,
  outageMs: 30 * 60_000,
  monitorMs: 7_000,
  certificateMs: 60 * 60_000,
  connect: async (connectionId) => {
    const { baseUrl = "", apiKey = "" } = (await connections.open(connectionId)).values;
    return createDokploy({ baseUrl, apiKey });
  },
});

export interface StackInput {
  connectionId: string;
  connectionName: string;
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
}
