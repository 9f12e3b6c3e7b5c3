import { onTestFinished } from "vitest";
import { createDokploy } from "#connectors/dokploy/client.ts";
import { visit } from "#connectors/dokploy/visit.ts";
import type { Connection } from "#core/connection.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import type { Store } from "#core/store.ts";
import { deployStack } from "#workflows/deploy-stack/workflow.ts";
import { type DokployServer, startDokployServer } from "../connectors/dokploy/dokploy-server.ts";
import { openWorld, type World, type WorldOptions } from "../engine/world.ts";

export const phases = [
  "initializing",
  "creating-project",
  "getting-environment",
  "creating-application",
  "configuring-application",
  "creating-domain",
  "deploying",
  "verifying-health",
] as const;

export interface StackWorld extends World {
  server: DokployServer;
  deploy(values?: Record<string, string>): Promise<string>;
  /** Resolves when the run is over, rolled back or not. */
  over(id: string): Promise<RunWithSteps>;
}

/** The workflow over a server; what is slow in earnest is quick here. */
export const stackWorkflow = (server: Pick<DokployServer, "url" | "apiKey" | "publicPort">) => {
  const connection: Connection = {
    id: "dok",
    kind: "dokploy",
    name: "Dokploy",
    values: {
      baseUrl: server.url,
      image: "milepost/hello:1",
      domainSuffix: "apps.localhost",
      port: "8080",
      https: "no",
      publicPort: String(server.publicPort),
    },
    builtIn: false,
    createdAt: 0,
    lastTest: null,
  };
  return deployStack({
    connections: {
      list: async (kind) => (kind === "dokploy" ? [connection] : []),
      open: async () => ({ connection, values: { ...connection.values, apiKey: server.apiKey } }),
    },
    connect: async () =>
      createDokploy({ baseUrl: server.url, apiKey: server.apiKey, timeLimitMs: 400, againAfterMs: 1 }),
    visit,
    lookEveryMs: 5,
    settleMs: 500,
  });
};

export const openStackWorld = async (
  server: DokployServer,
  options: WorldOptions = {},
): Promise<StackWorld> => {
  const world = await openWorld([stackWorkflow(server)], options);
  return {
    ...world,
    server,
    deploy: (values = {}) =>
      world.start({ name: "demo", healthEvery: "0.02", healthTimeout: "0.1", ...values }),
    over: (id) => world.when(id, ({ run }) => isOver(run)),
  };
};

const isOver = ({ state, claimedBy }: Run): boolean =>
  claimedBy === null && ["completed", "failed", "cancelled", "undone", "asking"].includes(state);

/** A server of this test's own. */
export const ownServer = async (): Promise<DokployServer> => {
  const server = await startDokployServer();
  onTestFinished(() => server.close());
  return server;
};

/** A world of this test's own over a server of its own. */
export const ownWorld = async (store?: Store): Promise<StackWorld> => {
  const world = await openStackWorld(await ownServer(), store === undefined ? {} : { store });
  onTestFinished(() => world.close());
  return world;
};

/** What is in Dokploy, to compare before and after. */
export const contents = ({ projects, applications, domains, services }: DokployServer) =>
  structuredClone({ projects, applications, domains, services: [...services] });
