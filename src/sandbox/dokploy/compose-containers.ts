import { randomBytes } from "node:crypto";
import type { LogLine } from "./containers.ts";
import type { Faults } from "./faults.ts";
import { findImage } from "./images.ts";
import { endTask, startTask, type Task } from "./task.ts";

/** One container that a compose file asks for. */
export interface ComposeSpec {
  /** "demo-abc123-web-1" */
  name: string;
  service: string;
  image: string;
  /** NAME=value, as the container gets them. */
  env: string[];
  /** Whether it is started again when it ends. */
  restarts: boolean;
  /** Changes with everything that makes Docker Compose put another container in its place. */
  hash: string;
}

/**
 * The part of Docker Compose that deployments need: `up -d --remove-orphans`, which ends a container before it starts the one in its place and
 * keeps those of which nothing was changed; `down`; and `ps`. Written after Docker's documentation and Dokploy's source; nothing was recorded.
 */
export interface ComposeContainers {
  up(project: string, specs: readonly ComposeSpec[]): Promise<void>;
  down(project: string): Promise<void>;
  /** In the words of `docker ps -a`. */
  list(project: string): { containerId: string; name: string; state: string; status: string }[];
  portOf(name: string): number | null;
  imageOf(name: string): string | null;
  environmentOf(name: string): readonly string[];
  logOf(name: string): readonly LogLine[];
  pids(): number[];
  close(): Promise<void>;
}

interface Running {
  spec: ComposeSpec;
  id: string;
  task: Task;
  exitCode: number;
  timer: NodeJS.Timeout | null;
  since: number;
}

interface Deps {
  faults: Pick<Faults, "slowStartMs" | "restartMs" | "monitorMs">;
  now(): number;
}

const mostLines = 1_000;

export const createComposeContainers = ({ faults, now }: Deps): ComposeContainers => {
  const projects = new Map<string, Map<string, Running>>();
  const logs = new Map<string, LogLine[]>();

  const launch = (spec: ComposeSpec, id: string): Running => {
    const known = findImage(spec.image);
    if (known === null) throw new Error(`${spec.image} was pulled before it is started`);
    const names = spec.env.map((line) => line.slice(0, line.indexOf("=")));
    const running: Running = { spec, id, timer: null, exitCode: 0, since: now(), task: null as never };
    running.task = startTask(
      {
        appName: spec.name,
        image: spec.image,
        behaviour: known.behaviour,
        envNames: names,
        slowStartMs: faults.slowStartMs,
        // Docker Compose ends no container for its health.
        monitorMs: 2 ** 31 - 1,
      },
      {
        id,
        now,
        onLine: (text) =>
          logs.set(spec.name, [...(logs.get(spec.name) ?? []), { at: now(), text }].slice(-mostLines)),
        onUp: () => {},
        onFailed: () => ended(running),
      },
    );
    return running;
  };

  const ended = (running: Running) => {
    running.exitCode = running.task.child.exitCode ?? 137;
    running.since = now();
    if (!running.spec.restarts) return;
    running.timer = setTimeout(() => {
      const again = launch(running.spec, running.id);
      for (const all of projects.values())
        if (all.get(running.spec.name) === running) all.set(running.spec.name, again);
    }, faults.restartMs);
  };

  const stop = async ({ timer, task }: Running) => {
    if (timer !== null) clearTimeout(timer);
    await endTask(task);
  };

  const find = (name: string): Running | undefined =>
    [...projects.values()].map((all) => all.get(name)).find((one) => one !== undefined);

  const down = async (project: string) => {
    const all = projects.get(project);
    projects.delete(project);
    await Promise.all([...(all?.values() ?? [])].map(stop));
  };

  return {
    async up(project, specs) {
      const all = projects.get(project) ?? new Map<string, Running>();
      projects.set(project, all);
      for (const [name, there] of [...all]) {
        const wanted = specs.find((spec) => spec.name === name);
        const isUp = there.task.current === "Running" || there.task.current === "Starting";
        if (wanted?.hash === there.spec.hash && isUp) continue;
        await stop(there);
        all.delete(name);
      }
      for (const spec of specs)
        if (!all.has(spec.name)) all.set(spec.name, launch(spec, randomBytes(6).toString("hex")));
    },
    down,
    list: (project) =>
      [...(projects.get(project)?.values() ?? [])].map((one) => ({
        containerId: one.id,
        name: one.spec.name,
        ...stateOf(one, now(), faults.monitorMs),
      })),
    portOf: (name) => find(name)?.task.port ?? null,
    imageOf: (name) => find(name)?.spec.image ?? null,
    environmentOf: (name) => find(name)?.spec.env ?? [],
    logOf: (name) => logs.get(name) ?? [],
    pids: () =>
      [...projects.values()].flatMap((all) => [...all.values()].flatMap(({ task }) => task.pid() ?? [])),
    close: async () => {
      await Promise.all([...projects.keys()].map(down));
    },
  };
};

const stateOf = (
  { task, exitCode, spec, since }: Running,
  at: number,
  monitorMs: number,
): { state: string; status: string } => {
  if (task.current === "Failed")
    return spec.restarts
      ? { state: "restarting", status: `Restarting (${exitCode}) ${span(at - since)} ago` }
      : { state: "exited", status: `Exited (${exitCode}) ${span(at - since)} ago` };
  const up = `Up ${span(at - since)}`;
  // An image with a health check that does not pass.
  if (task.current === "Starting")
    return {
      state: "running",
      status: `${up} ${at - since < monitorMs ? "(health: starting)" : "(unhealthy)"}`,
    };
  return { state: "running", status: up };
};

/** In Docker's words (go-units HumanDuration). */
const span = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  return minutes === 1 ? "About a minute" : `${minutes} minutes`;
};
