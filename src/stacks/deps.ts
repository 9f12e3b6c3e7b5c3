import { createDokploy } from "#connectors/dokploy/client.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { type Visit, visit } from "#connectors/dokploy/visit.ts";
import type { Connections } from "#core/connection.ts";
import type { Secrets } from "#core/secrets.ts";

/** What everything that works on stacks is handed. */
export interface StackDeps {
  connections: Connections;
  /** A client for a stored connection; the API key only ever goes to that connection's own host. */
  connect(connectionId: string): Promise<Dokploy>;
  /** Looks at a URL once. */
  visit(url: string, signal: AbortSignal, options: { timeLimitMs: number }): Promise<Visit>;
  /** Between looks at a deployment. */
  lookEveryMs: number;
  /** So long a deployment may take, its time in the queue included. */
  deployMs: number;
  /** So long a removal waits for a deployment that still runs, because Dokploy cannot stop it: as long as one may take. */
  settleMs: number;
  /** So long what only reads waits for a Dokploy that does not answer. */
  outageMs: number;
  /** Tells one start of Milepost from another. */
  startedAt: number;
  /** So long a new container must have run to count as one that stays: a swarm's own time of five seconds, and some. */
  monitorMs: number;
  /** After the time for the health check, so long a certificate is waited for. */
  certificateMs: number;
  /** Seals what an application was before. */
  secrets: Secrets;
}

export type StackHost = Pick<StackDeps, "connections" | "lookEveryMs" | "secrets">;

/** Clients are made anew for each call, so that a changed connection is used at once. */
export const stackDeps = ({ connections, lookEveryMs, secrets }: StackHost): StackDeps => ({
  connections,
  secrets,
  visit,
  lookEveryMs: Math.min(lookEveryMs, 2_000),
  deployMs: 60 * 60_000,
  settleMs: 30 * 60_000,
  outageMs: 30 * 60_000,
  startedAt: performance.timeOrigin,
  monitorMs: 7_000,
  certificateMs: 60 * 60_000,
  connect: async (connectionId) => {
    const { baseUrl = "", apiKey = "" } = (await connections.open(connectionId)).values;
    return createDokploy({ baseUrl, apiKey });
  },
});
