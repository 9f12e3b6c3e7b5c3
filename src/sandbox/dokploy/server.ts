import { randomBytes, randomInt } from "node:crypto";
import { createApi, type SeenRequest } from "./api.ts";
import { createKeyCheck } from "./api-key.ts";
import { applicationCalls, serviceCalls } from "./application-calls.ts";
import { composeCalls } from "./compose-calls.ts";
import { createComposeContainers } from "./compose-containers.ts";
import { createContainers } from "./containers.ts";
import { deploymentCalls } from "./deployment-calls.ts";
import { createDeployments } from "./deployments.ts";
import { dockerCalls } from "./docker-calls.ts";
import { domainCalls } from "./domain-calls.ts";
import { type Faults, noFaults } from "./faults.ts";
import { closeServer, listen, listenAgain } from "./listen.ts";
import { mountCalls } from "./mount-calls.ts";
import { environmentCalls, projectCalls } from "./project-calls.ts";
import { createProxy } from "./proxy.ts";
import { serverCalls } from "./server-calls.ts";
import { openTablesFile } from "./tables-file.ts";
import type { World } from "./world.ts";

export interface DokploySandbox {
  /** "http://127.0.0.1:41234"; the API is under "/api/". */
  url: string;
  apiKey: string;
  /** "apps.localhost": a domain `demo.apps.localhost` is reached at port `proxyPort`, without TLS. */
  domainSuffix: string;
  proxyPort: number;
  faults: Faults;
  /** The last requests to the API, oldest first. */
  requests: readonly SeenRequest[];
  /** Names of the services that run or should, orphans among them, and the process of each. */
  services(): { appName: string; pid: number | null }[];
  /** NAME=value, as the service's containers get them. */
  environmentOf(appName: string): readonly string[];
  /** Processes of compose services. */
  composePids(): readonly number[];
  close(): Promise<void>;
}

export interface DokploySandboxOptions {
  dataDir: string;
  host?: string;
  /** Of the API; the one it had the last time when it is left out. */
  port?: number;
  now?: () => number;
  /** The key allows five calls a day, as one does that was made through Dokploy's API without "rateLimitEnabled: false". */
  rateLimit?: boolean;
  /** What makes an application's name unique. */
  newEnding?: () => string;
}

/**
 * A real server on loopback that speaks the part of Dokploy's API (v0.30.2) which deployments need. Its containers are real processes
 * behind a real router. Everything it knows is in `dataDir`: after a restart it has the same addresses, and what ran runs again.
 */
export const startDokploySandbox = async ({
  dataDir,
  host = "127.0.0.1",
  port,
  now = Date.now,
  rateLimit = false,
  newEnding = () => randomText(6),
}: DokploySandboxOptions): Promise<DokploySandbox> => {
  const file = openTablesFile(dataDir, () => randomBytes(24).toString("base64url"));
  const { tables, save } = file;
  const faults = noFaults();
  const domainSuffix = "apps.localhost";
  const containers = createContainers({
    faults,
    now,
    onRolledBack(service) {
      tables.services = tables.services.map((one) => (one.appName === service.appName ? service : one));
      save();
    },
  });
  const composeContainers = createComposeContainers({ faults, now });
  const newId = () => randomText(21);
  const deployments = createDeployments({ file, dataDir, containers, composeContainers, faults, now, newId });
  const world: World = {
    file,
    containers,
    composeContainers,
    deployments,
    faults,
    domainSuffix,
    now,
    newId,
    newEnding,
  };
  const seen: SeenRequest[] = [];
  const api = createApi({
    calls: {
      ...projectCalls(world),
      ...environmentCalls(world),
      ...applicationCalls(world),
      ...serviceCalls(world),
      ...composeCalls(world),
      ...domainCalls(world),
      ...deploymentCalls(world),
      ...dockerCalls(world),
      ...mountCalls(world),
      ...serverCalls(world),
    },
    keyCheck: createKeyCheck({ apiKey: tables.apiKey, rateLimit, now }),
    faults,
    seen,
  });
  const proxy = createProxy(tables, containers, composeContainers);

  tables.apiPort = await (port === undefined
    ? listenAgain(api, host, tables.apiPort)
    : listen(api, host, port));
  tables.proxyPort = await listenAgain(proxy, host, tables.proxyPort);
  save();
  for (const service of tables.services) if (service.replicas > 0) containers.run(service);
  for (const compose of tables.composes) await deployments.runAgain(compose);

  return {
    url: `http://${host}:${tables.apiPort}`,
    apiKey: tables.apiKey,
    domainSuffix,
    proxyPort: tables.proxyPort,
    faults,
    requests: seen,
    services: () => tables.services.map(({ appName }) => ({ appName, pid: containers.pidOf(appName) })),
    environmentOf: (appName) =>
      tables.services.find((one) => one.appName === appName)?.env ?? composeContainers.environmentOf(appName),
    composePids: () => composeContainers.pids(),
    async close() {
      await closeServer(api);
      await deployments.close();
      await closeServer(proxy);
      await containers.close();
      await composeContainers.close();
    },
  };
};

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

const randomText = (length: number): string =>
  Array.from({ length }, () => letters[randomInt(letters.length)]).join("");
