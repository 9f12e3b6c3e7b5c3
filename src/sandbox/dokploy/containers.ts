import { randomBytes } from "node:crypto";
import type { ContainerStart } from "./container-main.ts";
import type { Faults } from "./faults.ts";
import { findImage } from "./images.ts";
import type { ServiceRow } from "./rows.ts";
import { endTask, hasEnded, isUp, startTask, type Task } from "./task.ts";

export interface LogLine {
  at: number;
  text: string;
}

/**
 * The part of Docker Swarm that deployments need. A service keeps as many processes running as it has replicas and starts them again when
 * they end. An update is done as Dokploy orders it: `Parallelism: 1, Order: start-first, FailureAction: rollback`.
 */
export interface Containers {
  /** Starts a service or updates it. It only takes the order: how it goes on is seen in the tasks. */
  run(service: ServiceRow): void;
  /** Ends a service's processes; one that is not there is no error. */
  end(appName: string): Promise<void>;
  /** Where the process listens on loopback; null while nothing does. */
  portOf(appName: string): number | null;
  pidOf(appName: string): number | null;
  /** All that the swarm still knows of, newest first. */
  tasksOf(appName: string): readonly Task[];
  /** What the service's processes wrote, oldest first. */
  logOf(appName: string): readonly LogLine[];
  close(): Promise<void>;
}

interface Service {
  spec: ServiceRow;
  /** What an update goes back to when it fails; null when none is watched. */
  former: ServiceRow | null;
  /** Newest first. */
  tasks: Task[];
  timers: Set<NodeJS.Timeout>;
  /** How many will be started again soon. */
  due: number;
  wanted: boolean;
}

interface ContainersDeps {
  faults: Pick<Faults, "slowStartMs" | "restartMs" | "monitorMs">;
  now(): number;
  /** The swarm went back to what a service was before. */
  onRolledBack(service: ServiceRow): void;
}

/** Lines kept of a service's output, and tasks that a swarm remembers. */
const mostLines = 1_000;
const mostTasks = 5;

export const createContainers = ({ faults, now, onRolledBack }: ContainersDeps): Containers => {
  const services = new Map<string, Service>();
  const logs = new Map<string, LogLine[]>();
  const endings = new Map<string, Promise<void>>();
  /** What each was started as. */
  const specOf = new WeakMap<Task, ServiceRow>();

  const write = (appName: string, text: string) => {
    const lines = logs.get(appName) ?? [];
    lines.push({ at: now(), text });
    logs.set(appName, lines.slice(-mostLines));
  };

  const after = (service: Service, ms: number, then: () => void) => {
    const timer = setTimeout(() => {
      service.timers.delete(timer);
      then();
    }, ms);
    service.timers.add(timer);
  };

  const start = (service: Service) => {
    const { appName, image } = service.spec;
    const known = findImage(image);
    if (known === null) return;
    const { behaviour } = known;
    const names = service.spec.env.map((line) => line.slice(0, line.indexOf("=")));
    const options: ContainerStart = { appName, image, behaviour, envNames: names, ...faults };
    const task = startTask(options, {
      id: randomBytes(12).toString("hex"),
      now,
      onLine: (line) => write(appName, line),
      onUp: () => replaceOthers(service, task),
      onFailed: () => failed(service, task),
    });
    specOf.set(task, service.spec);
    service.tasks = [task, ...service.tasks].filter((one, index) => index < mostTasks || !hasEnded(one));
  };

  /** One more where one is missing; the next one when that one runs. */
  const fill = (service: Service): void => {
    const { spec } = service;
    const live = service.tasks.filter((task) => !hasEnded(task) && specOf.get(task) === spec);
    if (live.length + service.due < spec.replicas) start(service);
  };

  const upAs = (service: Service, spec: ServiceRow): Task[] =>
    service.tasks.filter((task) => isUp(task) && specOf.get(task) === spec);

  /** Start first: only now that a new one runs does another go, one after the other. */
  const replaceOthers = (service: Service, task: Task) => {
    const { spec } = service;
    if (specOf.get(task) !== spec) return;
    const isLast = upAs(service, spec).length >= spec.replicas;
    const others = service.tasks.filter((one) => specOf.get(one) !== spec && !hasEnded(one));
    for (const other of isLast ? others : others.slice(-1)) void endTask(other);
    if (!isLast) return fill(service);
    after(service, faults.monitorMs, () => {
      if (service.spec === spec && upAs(service, spec).length >= spec.replicas) service.former = null;
    });
  };

  const failed = (service: Service, task: Task) => {
    const { spec } = service;
    if (!service.wanted || specOf.get(task) !== spec) return;
    if (service.former !== null) {
      for (const other of upAs(service, spec)) void endTask(other);
      service.spec = service.former;
      service.former = null;
      onRolledBack(service.spec);
      return fill(service);
    }
    service.due++;
    after(service, faults.restartMs, () => {
      service.due--;
      fill(service);
    });
  };

  const end = async (appName: string) => {
    const service = services.get(appName);
    if (service === undefined) return endings.get(appName);
    services.delete(appName);
    service.wanted = false;
    for (const timer of service.timers) clearTimeout(timer);
    const ending = Promise.all(service.tasks.map(endTask)).then(() => {});
    endings.set(appName, ending);
    await ending;
    endings.delete(appName);
  };

  const upOf = (appName: string) => services.get(appName)?.tasks.findLast(isUp);

  return {
    run(spec) {
      const there = services.get(spec.appName);
      const service = there ?? { spec, former: null, tasks: [], timers: new Set(), due: 0, wanted: true };
      services.set(spec.appName, service);
      if (there !== undefined) {
        for (const timer of there.timers) clearTimeout(timer);
        there.timers.clear();
        there.due = 0;
        there.former = there.tasks.some(isUp) ? there.spec : null;
        there.spec = spec;
      }
      start(service);
    },
    end,
    portOf: (appName) =>
      services.get(appName)?.tasks.findLast((task) => isUp(task) && task.port !== null)?.port ?? null,
    pidOf: (appName) => upOf(appName)?.pid() ?? null,
    tasksOf: (appName) => services.get(appName)?.tasks ?? [],
    logOf: (appName) => logs.get(appName) ?? [],
    async close() {
      await Promise.all([...services.keys(), ...endings.keys()].map(end));
    },
  };
};
