import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ComposeContainers } from "./compose-containers.ts";
import { deployCompose } from "./compose-deployment.ts";
import { readCompose } from "./compose-file.ts";
import type { Containers } from "./containers.ts";
import { readEnv } from "./env.ts";
import type { Faults } from "./faults.ts";
import { findImage, imageNames } from "./images.ts";
import type { ApplicationRow, ComposeRow, DeploymentRow, ServiceRow } from "./rows.ts";
import type { TablesFile } from "./tables-file.ts";

export type Job = {
  id: string;
  title: string;
  description: string;
  timestamp: number;
  processedOn: number | null;
} & Owner;

/** Whose deployment it is. */
type Owner =
  | { applicationId: string; composeId?: undefined }
  | { composeId: string; applicationId?: undefined };

/** Does one deployment after another. What waits is only in memory, as in Dokploy: a restart loses it. */
export interface Deployments {
  add(wish: Owner & { title: string; description: string }): void;
  /** The one under way, then the waiting ones. */
  jobs(): readonly Job[];
  dropWaiting(ownerId: string): void;
  /** Starts what ran of a compose service before this server was started anew. */
  runAgain(compose: ComposeRow): Promise<void>;
  log(deployment: DeploymentRow): string[];
  forget(deployments: readonly DeploymentRow[]): void;
  close(): Promise<void>;
}

interface DeploymentDeps {
  file: TablesFile;
  dataDir: string;
  containers: Containers;
  composeContainers: ComposeContainers;
  faults: Faults;
  now(): number;
  newId(): string;
}

/** Dokploy keeps so many deployments of an application. */
const mostKept = 11;
/** Layers in which the log of a pull tells how far it is. */
const layers = ["a1b2c3d4e5f0", "a1b2c3d4e5f1", "a1b2c3d4e5f2", "a1b2c3d4e5f3"];

export const createDeployments = (deps: DeploymentDeps): Deployments => {
  const { file, dataDir, faults, now, newId } = deps;
  const { tables } = file;
  const stop = new AbortController();
  const waiting: Job[] = [];
  let active: Job | null = null;
  let lastJob = 0;
  let working = Promise.resolve();
  cancelCutOff(file);

  const forget = (gone: readonly DeploymentRow[]) => {
    tables.deployments = tables.deployments.filter((row) => !gone.includes(row));
    for (const { logPath } of gone) rmSync(join(dataDir, logPath), { force: true });
  };

  const write = (row: DeploymentRow, ...lines: string[]) => {
    // A row that was removed meanwhile has taken its log with it.
    if (!tables.deployments.includes(row)) return;
    mkdirSync(dirname(join(dataDir, row.logPath)), { recursive: true });
    appendFileSync(join(dataDir, row.logPath), lines.map((line) => `${line}\n`).join(""));
  };

  const begin = (job: Job, { appName }: { appName: string }): DeploymentRow => {
    const deploymentId = newId();
    const at = new Date(now()).toISOString();
    const row: DeploymentRow = {
      deploymentId,
      title: job.title,
      description: job.description,
      status: "running",
      logPath: join("logs", appName, `${deploymentId}.log`),
      pid: null,
      applicationId: job.applicationId ?? null,
      composeId: job.composeId ?? null,
      createdAt: at,
      startedAt: at,
      finishedAt: null,
      errorMessage: null,
    };
    tables.deployments.push(row);
    forget(tables.deployments.filter((one) => ownerOf(one) === ownerOf(job)).slice(0, -mostKept));
    return row;
  };

  const pull = async (row: DeploymentRow, image: string): Promise<boolean> => {
    const [name = image, tag = "latest"] = image.split(":");
    const there = findImage(image) !== null;
    write(row, `Pulling ${image}`, ...(there ? [`${tag}: Pulling from ${name}`] : []));
    for (const layer of layers) {
      if (there) write(row, `${layer}: Pulling fs layer`);
      await wait(faults.pullMs / layers.length, undefined, { signal: stop.signal });
    }
    if (there) {
      write(row, `Status: Downloaded newer image for ${image}`, `docker.io/${image}`);
      write(row, "✅ Pulling image completed.");
      return true;
    }
    write(
      row,
      `Error response from daemon: pull access denied for ${name}, repository does not exist or may require 'docker login': this sandbox can pull ${imageNames.join(", ")}`,
      "❌ Pulling image failed",
      "",
    );
    return false;
  };

  const deploy = async (row: DeploymentRow, application: ApplicationRow): Promise<boolean> => {
    write(row, "Initializing deployment");
    if (application.sourceType !== "docker" || !application.dockerImage) {
      const { sourceType } = application;
      write(
        row,
        `Error: ❌ ${sourceType.charAt(0).toUpperCase()}${sourceType.slice(1)} Provider not found`,
        "",
      );
      return false;
    }
    if (!(await pull(row, application.dockerImage))) return false;
    if (faults.failDeployments !== null) {
      write(row, faults.failDeployments);
      return false;
    }
    const env = readEnv(file.tables, application);
    if (typeof env === "string") {
      write(row, env);
      return false;
    }
    runService(deps, application, application.dockerImage, env);
    return true;
  };

  const composeUp = (row: DeploymentRow, compose: ComposeRow): Promise<boolean> =>
    deployCompose({
      ...deps,
      compose,
      signal: stop.signal,
      write: (...lines) => write(row, ...lines),
    });

  const work = async (job: Job): Promise<void> => {
    await wait(faults.queueBusyMs, undefined, { signal: stop.signal });
    const index = waiting.indexOf(job);
    if (index === -1) return;
    waiting.splice(index, 1);
    const application = tables.applications.find((row) => row.applicationId === job.applicationId);
    const compose = tables.composes.find((row) => row.composeId === job.composeId);
    const owner = application ?? compose;
    if (owner === undefined) return;
    active = { ...job, processedOn: now() };
    const row = begin(job, owner);
    const turn = (status: "running" | "done" | "error") => {
      if (application !== undefined) application.applicationStatus = status;
      if (compose !== undefined) compose.composeStatus = status;
    };
    turn("running");
    file.save();
    // From here on the row as it was counts, also when it is removed meanwhile: its service is made all the same.
    const deploying =
      application === undefined ? composeUp(row, compose as ComposeRow) : deploy(row, { ...application });
    const done = await deploying.catch((thrown: unknown) => {
      if (stop.signal.aborted) throw thrown;
      return false;
    });
    row.status = done ? "done" : "error";
    row.finishedAt = new Date(now()).toISOString();
    turn(row.status);
    if (!done) write(row, "Error occurred ❌, check the logs for details.");
    file.save();
  };

  return {
    add(wish) {
      lastJob++;
      const job: Job = { ...wish, id: `job-${lastJob}`, timestamp: now(), processedOn: null };
      waiting.push(job);
      working = working
        .then(() => work(job))
        // Stopped: the next start cancels it. Or the disk refuses a note of what the rows in memory say.
        .catch(() => {})
        .finally(() => {
          active = null;
        });
    },
    jobs: () => [...(active === null ? [] : [active]), ...waiting],
    dropWaiting(ownerId) {
      const kept = waiting.filter((job) => ownerOf(job) !== ownerId);
      waiting.splice(0, waiting.length, ...kept);
    },
    log(row) {
      const path = join(dataDir, row.logPath);
      return existsSync(path) ? readFileSync(path, "utf8").replace(/\n$/, "").split("\n") : [];
    },
    async runAgain(compose) {
      if (compose.up === undefined) return;
      const specs = readCompose(tables, { ...compose, ...compose.up });
      if (typeof specs !== "string") await deps.composeContainers.up(compose.appName, specs);
    },
    forget,
    async close() {
      stop.abort();
      await working;
    },
  };
};

const ownerOf = ({
  applicationId,
  composeId,
}: Pick<DeploymentRow, "applicationId" | "composeId"> | Owner): string => applicationId ?? composeId ?? "";

/** Hands an application's order to the swarm. "Done" means no more than that. */
const runService = (
  { file, containers }: Pick<DeploymentDeps, "file" | "containers">,
  { appName, replicas }: ApplicationRow,
  image: string,
  env: string[],
): void => {
  const service: ServiceRow = { appName, image, env, replicas };
  file.tables.services = [...file.tables.services.filter((one) => one.appName !== appName), service];
  file.save();
  if (replicas > 0) containers.run(service);
};

/** At its start Dokploy cancels what was running when it ended. */
const cancelCutOff = ({ tables, save }: TablesFile): void => {
  for (const row of tables.deployments) {
    if (row.status !== "running") continue;
    row.status = "cancelled";
    for (const compose of tables.composes)
      if (compose.composeId === row.composeId) compose.composeStatus = "idle";
    for (const application of tables.applications)
      if (application.applicationId === row.applicationId) application.applicationStatus = "idle";
  }
  save();
};
