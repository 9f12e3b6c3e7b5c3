import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Containers } from "./containers.ts";
import type { Faults } from "./faults.ts";
import { findImage, imageNames } from "./images.ts";
import type { ApplicationRow, DeploymentRow, ServiceRow } from "./rows.ts";
import type { TablesFile } from "./tables-file.ts";

export interface Job {
  id: string;
  applicationId: string;
  title: string;
  description: string;
  timestamp: number;
  processedOn: number | null;
}

/** Does one deployment after another. What waits is only in memory, as in Dokploy: a restart loses it. */
export interface Deployments {
  add(wish: Pick<Job, "applicationId" | "title" | "description">): void;
  /** The one under way, then the waiting ones. */
  jobs(): readonly Job[];
  dropWaiting(applicationId: string): void;
  log(deployment: DeploymentRow): string[];
  forget(deployments: readonly DeploymentRow[]): void;
  close(): Promise<void>;
}

interface DeploymentDeps {
  file: TablesFile;
  dataDir: string;
  containers: Containers;
  faults: Faults;
  now(): number;
  newId(): string;
}

/** Dokploy keeps so many deployments of an application. */
const mostKept = 10;
/** Lines in which the log of a pull tells how far it is. */
const pullParts = 4;

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

  const begin = (job: Job, { appName }: ApplicationRow): DeploymentRow => {
    const deploymentId = newId();
    const at = new Date(now()).toISOString();
    const row: DeploymentRow = {
      deploymentId,
      title: job.title,
      description: job.description,
      status: "running",
      logPath: join("logs", appName, `${deploymentId}.log`),
      pid: null,
      applicationId: job.applicationId,
      createdAt: at,
      startedAt: at,
      finishedAt: null,
      errorMessage: null,
    };
    tables.deployments.push(row);
    forget(tables.deployments.filter((one) => one.applicationId === job.applicationId).slice(0, -mostKept));
    return row;
  };

  const pull = async (row: DeploymentRow, image: string): Promise<boolean> => {
    write(row, `Pulling ${image}: ⏳`);
    for (let part = 1; part <= pullParts; part++) {
      await wait(faults.pullMs / pullParts, undefined, { signal: stop.signal });
      if (part < pullParts) write(row, `Pulling ${image}: ${part} of ${pullParts} parts`);
    }
    if (findImage(image) !== null) {
      write(row, "✅ Pulling image completed.");
      return true;
    }
    write(
      row,
      `Error response from daemon: pull access denied for ${image}, repository does not exist`,
      `This sandbox can pull ${imageNames.join(", ")}.`,
      "❌ Pulling image failed",
    );
    return false;
  };

  const deploy = async (row: DeploymentRow, application: ApplicationRow): Promise<boolean> => {
    write(row, `Initializing deployment of ${application.appName}`);
    if (application.sourceType !== "docker" || !application.dockerImage) {
      write(row, `This sandbox deploys Docker images only, not ${application.sourceType}.`);
      return false;
    }
    if (!(await pull(row, application.dockerImage))) return false;
    if (faults.failDeployments !== null) {
      write(row, faults.failDeployments);
      return false;
    }
    await runService(deps, application, application.dockerImage);
    write(row, `Service ${application.appName} updated ✅`);
    return true;
  };

  const work = async (job: Job): Promise<void> => {
    await wait(faults.queueBusyMs, undefined, { signal: stop.signal });
    const index = waiting.indexOf(job);
    if (index === -1) return;
    waiting.splice(index, 1);
    const application = tables.applications.find((row) => row.applicationId === job.applicationId);
    if (application === undefined) return;
    active = { ...job, processedOn: now() };
    const row = begin(job, application);
    application.applicationStatus = "running";
    file.save();
    // From here on the row as it was counts, also when it is removed meanwhile: its service is made all the same.
    const done = await deploy(row, { ...application }).catch((thrown: unknown) => {
      if (stop.signal.aborted) throw thrown;
      return false;
    });
    row.status = done ? "done" : "error";
    row.finishedAt = new Date(now()).toISOString();
    application.applicationStatus = row.status;
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
    dropWaiting(applicationId) {
      const kept = waiting.filter((job) => job.applicationId !== applicationId);
      waiting.splice(0, waiting.length, ...kept);
    },
    log(row) {
      const path = join(dataDir, row.logPath);
      return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n") : [];
    },
    forget,
    async close() {
      stop.abort();
      await working;
    },
  };
};

/** Puts an application's container in place of the one before. */
const runService = async (
  { file, containers }: Pick<DeploymentDeps, "file" | "containers">,
  { appName, env, replicas }: ApplicationRow,
  image: string,
): Promise<void> => {
  const service: ServiceRow = { appName, image, envNames: envNames(env ?? ""), replicas };
  file.tables.services = [...file.tables.services.filter((one) => one.appName !== appName), service];
  file.save();
  if (replicas > 0) await containers.run(service);
};

/** Names of lines "NAME=value". */
const envNames = (env: string): string[] =>
  env.split("\n").flatMap((line) => /^\s*([A-Za-z_][\w.-]*)\s*=/.exec(line)?.[1] ?? []);

/** At its start Dokploy cancels what was running when it ended. */
const cancelCutOff = ({ tables, save }: TablesFile): void => {
  for (const row of tables.deployments) {
    if (row.status !== "running") continue;
    row.status = "cancelled";
    for (const application of tables.applications)
      if (application.applicationId === row.applicationId) application.applicationStatus = "idle";
  }
  save();
};
