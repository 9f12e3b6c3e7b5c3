import { createDokploy } from "#connectors/dokploy/client.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { type Visit, visit } from "#connectors/dokploy/visit.ts";
import type { Connections } from "#core/connection.ts";
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
  /** So long a removal waits for a deployment that still runs, because Dokploy cannot stop it. */
  settleMs: number;
}

/** Clients are made anew for each call, so that a changed connection is used at once. */
export const stackDeps = ({
  connections,
  lookEveryMs,
}: Pick<Host, "connections" | "lookEveryMs">): StackDeps => ({
  connections,
  visit,
  lookEveryMs: Math.min(lookEveryMs, 2_000),
  settleMs: 60_000,
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
  /** Names of the environment variables that are set; their values are a secret. None: they stay as they are. */
  variables: string[];
  /** "/" or deeper. */
  healthPath: string;
  healthEveryMs: number;
  healthTimeoutMs: number;
  /** Whether a stack that failed stays for a person to look at. */
  keepFailed: boolean;
}
