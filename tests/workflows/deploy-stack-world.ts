import { randomBytes } from "node:crypto";
import { onTestFinished } from "vitest";
import { deployPhases } from "#compat/deploy/status.ts";
import { createSeal } from "#connections/seal.ts";
import { createDokploy } from "#connectors/dokploy/client.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { visit } from "#connectors/dokploy/visit.ts";
import type { Connection } from "#core/connection.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { deployCompose } from "#workflows/deploy-compose/workflow.ts";
import { deployStack } from "#workflows/deploy-stack/workflow.ts";
import { removeStack } from "#workflows/remove-stack/workflow.ts";
import { atRoot, type DokployServer, startDokployServer } from "../connectors/dokploy/dokploy-server.ts";
import { openWorld, type World, type WorldOptions } from "../engine/world.ts";

/** The steps of a run that goes well, as the deployer's phases name them; the last three of those are ends. */
export const phases = deployPhases.slice(0, -3).map((phase) => phase.replaceAll("_", "-"));

export interface StackWorld extends World {
  server: DokployServer;
  deploy(values?: Record<string, string>): Promise<string>;
  /** The same of a compose file. */
  compose(composeFile: string, values?: Record<string, string>): Promise<string>;
  /** Resolves when the run is over, rolled back or not. */
  over(id: string): Promise<RunWithSteps>;
}

/** The workflow over a server; what is slow in earnest is quick here. `through` stands between the workflow and each client. */
export const stackWorkflow = (...given: Parameters<typeof stackDepsOf>) => deployStack(stackDepsOf(...given));

/** The same with the removal. */
export const stackWorkflows = (...given: Parameters<typeof stackDepsOf>) => {
  const deps = stackDepsOf(...given);
  return [deployStack(deps), deployCompose(deps), removeStack(deps)];
};

const stackDepsOf = (
  server: Pick<DokployServer, "url" | "apiKey" | "publicPort"> & Partial<Pick<DokployServer, "hangs">>,
  through: (dokploy: Dokploy) => Dokploy = (dokploy) => dokploy,
  limits: Partial<StackDeps> = {},
): StackDeps => {
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
  return {
    connections: {
      list: async (kind) => (kind === "dokploy" ? [connection] : []),
      open: async () => ({ connection, values: { ...connection.values, apiKey: server.apiKey } }),
    },
    connect: async () =>
      through(
        createDokploy({
          baseUrl: server.url,
          apiKey: server.apiKey,
          timeLimitMs: server.hangs === true ? 250 : 30_000,
          againAfterMs: 1,
        }),
      ),
    visit,
    lookEveryMs: 5,
    deployMs: 60 * 60_000,
    settleMs: 10_000,
    outageMs: 20,
    startedAt: 0,
    monitorMs: 0,
    certificateMs: 0,
    secrets: createSeal(randomBytes(32), randomBytes),
    ...limits,
  };
};

export const openStackWorld = async (
  server: DokployServer,
  options: WorldOptions = {},
  through?: (dokploy: Dokploy) => Dokploy,
  limits?: Partial<StackDeps>,
): Promise<StackWorld> => {
  const deps = stackDepsOf(server, through, limits);
  const world = await openWorld([deployStack(deps), deployCompose(deps), removeStack(deps)], options);
  return {
    ...world,
    server,
    deploy: (values = {}) =>
      world.start({ name: "demo", healthEvery: "0.05", healthTimeout: "0.1", ...values }),
    compose: (composeFile, values = {}) =>
      world.start(
        { name: "demo", healthEvery: "0.05", healthTimeout: "0.1", composeFile, ...values },
        "deploy-compose",
      ),
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

/** A world of this test's own over a server of its own, in which somebody else has a stack too. */
export const ownWorld = async (): Promise<StackWorld> => {
  const server = await ownServer();
  await addOthers(server);
  const world = await openStackWorld(server);
  onTestFinished(() => world.close());
  return world;
};

/** What is in Dokploy, to compare before and after. */
export const contents = ({ projects, applications, composes, domains, services }: DokployServer) =>
  structuredClone({ projects, applications, composes, domains, services: [...services] });

/** What somebody else has there. */
export const addOthers = async (server: DokployServer): Promise<void> => {
  const { projectId } = await addProject(server, "ai-stack-other");
  const { applicationId } = await addApplication(server, projectId, "opencode-other");
  await clientOf(server).createDomain(
    { host: "other.apps.localhost", port: 80, https: false, applicationId, ...atRoot },
    never,
  );
};

const never = new AbortController().signal;

export const clientOf = ({ url, apiKey }: DokployServer): Dokploy => createDokploy({ baseUrl: url, apiKey });

export const addProject = (server: DokployServer, name: string) =>
  clientOf(server).createProject({ name, description: "By hand" }, never);

export const addApplication = async (server: DokployServer, projectId: string, name: string) => {
  const dokploy = clientOf(server);
  const [environment] = await dokploy.environments(projectId, never);
  const environmentId = environment?.environmentId ?? "";
  return dokploy.createApplication({ name, appName: name, description: "By hand", environmentId }, never);
};
