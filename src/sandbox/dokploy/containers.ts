import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ContainerStart } from "./container-main.ts";
import type { Faults } from "./faults.ts";
import { findImage } from "./images.ts";
import type { ServiceRow } from "./rows.ts";

export interface LogLine {
  at: number;
  text: string;
}

/** The part of Docker Swarm that deployments need: a service keeps one process running, and starts it again when it ends. */
export interface Containers {
  /** Starts a service, or replaces its process by one of the new image. */
  run(service: ServiceRow): Promise<void>;
  /** Ends a service's process; one that is not there is no error. */
  end(appName: string): Promise<void>;
  /** Where the process listens on loopback; null while nothing does. */
  portOf(appName: string): number | null;
  pidOf(appName: string): number | null;
  /** What the service's processes wrote, oldest first. */
  logOf(appName: string): readonly LogLine[];
  close(): Promise<void>;
}

interface Running {
  child: ChildProcess | null;
  port: number | null;
  again: NodeJS.Timeout | null;
  wanted: boolean;
}

/** Lines kept of a service's output. */
const mostLines = 1_000;
/** Between TERM and KILL. */
const graceMs = 2_000;
const script = fileURLToPath(new URL("./container-main.ts", import.meta.url));
const ready = z.object({ port: z.number() });

export const createContainers = (
  faults: Pick<Faults, "slowStartMs" | "restartMs">,
  now: () => number,
): Containers => {
  const services = new Map<string, Running>();
  const logs = new Map<string, LogLine[]>();

  const write = (appName: string, text: string) => {
    const lines = logs.get(appName) ?? [];
    lines.push({ at: now(), text });
    logs.set(appName, lines.slice(-mostLines));
  };

  const start = (service: ServiceRow, running: Running) => {
    const { appName, image, envNames } = service;
    const behaviour = findImage(image)?.behaviour;
    if (behaviour === undefined) return;
    const options: ContainerStart = { appName, image, behaviour, envNames, slowStartMs: faults.slowStartMs };
    // An empty environment: neither ours nor the application's may reach Node's own switches.
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      env: {},
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    running.child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface(stream).on("line", (line) => write(appName, line));
    child.on("message", (message) => {
      running.port = ready.parse(message).port;
    });
    child.on("error", (error) => write(appName, error.message));
    child.on("close", (code, signal) => {
      running.child = null;
      running.port = null;
      if (!running.wanted) return;
      write(appName, `the process ended (${signal ?? `exit code ${code}`}) and is started again`);
      running.again = setTimeout(() => start(service, running), faults.restartMs);
    });
  };

  const end = async (appName: string) => {
    const running = services.get(appName);
    if (running === undefined) return;
    services.delete(appName);
    running.wanted = false;
    if (running.again) clearTimeout(running.again);
    await stop(running.child);
  };

  return {
    async run(service) {
      const ending = end(service.appName);
      const running: Running = { child: null, port: null, again: null, wanted: true };
      // Entered before the wait, so that an end that comes meanwhile is heeded.
      services.set(service.appName, running);
      await ending;
      if (running.wanted) start(service, running);
    },
    end,
    portOf: (appName) => services.get(appName)?.port ?? null,
    pidOf: (appName) => services.get(appName)?.child?.pid ?? null,
    logOf: (appName) => logs.get(appName) ?? [],
    async close() {
      await Promise.all([...services.keys()].map(end));
    },
  };
};

const stop = async (child: ChildProcess | null): Promise<void> => {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await closed;
  clearTimeout(kill);
};
