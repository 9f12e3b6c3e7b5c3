import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { deployApplication } from "./application-deployment.ts";
import type { ComposeContainers } from "./compose-containers.ts";
import { deployCompose } from "./compose-deployment.ts";
import { readCompose } from "./compose-file.ts";
import type { Containers } from "./containers.ts";
import type { Faults } from "./faults.ts";
import type { ComposeRow, DeploymentRow } from "./rows.ts";
import type { TablesFile } from "./tables-file.ts";

export type Job = {
  id: string;
  title: string;
  description: string;
  timestamp: number;
  processedOn: number | null;
  nth: number;
  /** Where it is for; null: Dokploy's own server. */
  serverId: string | null;
} & Owner;

/** Whose deployment it is. */
type Owner =
  | { applicationId: string; composeId?: undefined }
  | { composeId: string; applicationId?: undefined };

/** Does one deployment after another for each server. What waits is only in memory, as in Dokploy: a restart loses it. */
export interface Deployments {
  add(wish: Owner & Pick<Job, "title" | "description" | "serverId">): void;
  /** Those under way and those that wait, in the order in which they came. */
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
export const createDeployments = (deps: DeploymentDeps): Deployments => {
  const { file, dataDir, faults, now, newId } = deps;
  const { tables } = file;
  const stop = new AbortController();
  const waiting: Job[] = [];
  const active = new Set<Job>();
  let lastJob = 0;
  /** What each server is doing: one deployment after another, but several servers at once. */
  const working = new Map<string | null, Promise<void>>();
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

  const work = async (job: Job): Promise<void> => {
    await wait(faults.queueBusyMs, undefined, { signal: stop.signal });
    const index = waiting.indexOf(job);
    if (index === -1) return;
    waiting.splice(index, 1);
    const application = tables.applications.find((row) => row.applicationId === job.applicationId);
    const compose = tables.composes.find((row) => row.composeId === job.composeId);
    const owner = application ?? compose;
    if (owner === undefined) return;
    job.processedOn = now();
    active.add(job);
    const row = begin(job, owner);
    const turn = (status: "running" | "done" | "error") => {
      if (application !== undefined) application.applicationStatus = status;
      if (compose !== undefined) compose.composeStatus = status;
    };
    turn("running");
    file.save();
    // From here on the row as it was counts, also when it is removed meanwhile: its service is made all the same.
    const doing = { ...deps, signal: stop.signal, write: (...lines: string[]) => write(row, ...lines) };
    const deploying =
      application === undefined
        ? deployCompose({ ...doing, compose: compose as ComposeRow })
        : deployApplication({ ...doing, application: { ...application } });
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
      const job: Job = {
        ...{ ...wish, id: `job-${lastJob}`, nth: lastJob },
        ...{ timestamp: now(), processedOn: null },
      };
      waiting.push(job);
      const before = working.get(job.serverId) ?? Promise.resolve();
      const done = before
        .then(() => work(job))
        // Stopped: the next start cancels it. Or the disk refuses a note of what the rows in memory say.
        .catch(() => {})
        .finally(() => active.delete(job));
      working.set(job.serverId, done);
    },
    jobs: () =>
      [...active, ...waiting].sort((one, other) => one.timestamp - other.timestamp || one.nth - other.nth),
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
      await Promise.all(working.values());
    },
  };
};

const ownerOf = ({
  applicationId,
  composeId,
}: Pick<DeploymentRow, "applicationId" | "composeId"> | Owner): string => applicationId ?? composeId ?? "";

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
