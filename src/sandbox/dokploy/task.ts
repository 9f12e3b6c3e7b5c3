import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { ContainerStart } from "./container-main.ts";

/** One container of a service, from its start to its end. */
export interface Task {
  id: string;
  /** As the swarm tells it; "Starting" until it is up, which a health check can put off. */
  current: "Starting" | "Running" | "Failed" | "Shutdown";
  /** Since when it is that. */
  at: number;
  /** "task: non-zero exit (1)" */
  error: string;
  /** Where it listens on loopback. */
  port: number | null;
  pid(): number | null;
  /** Whether its end was asked for. */
  ending: boolean;
  child: ChildProcess;
}

interface TaskDeps {
  id: string;
  now(): number;
  onLine(line: string): void;
  /** It runs, and is healthy where its image has a health check. */
  onUp(): void;
  /** It ended without having been asked to. */
  onFailed(): void;
}

/** Between TERM and KILL. */
const graceMs = 2_000;
const script = fileURLToPath(new URL("./container-main.ts", import.meta.url));
const told = z.union([z.object({ port: z.number() }), z.object({ health: z.literal("checked") })]);

export const isUp = ({ current, ending }: Task): boolean => current === "Running" && !ending;

export const hasEnded = ({ current, ending }: Task): boolean =>
  ending || current === "Failed" || current === "Shutdown";

export const startTask = (options: ContainerStart, { id, now, onLine, onUp, onFailed }: TaskDeps): Task => {
  // An empty environment: neither ours nor the application's may reach Node's own switches.
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    env: {},
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const task: Task = {
    id,
    current: "Starting",
    at: now(),
    error: "",
    port: null,
    pid: () => child.pid ?? null,
    ending: false,
    child,
  };
  const turn = (current: Task["current"]) => Object.assign(task, { current, at: now() });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on("line", onLine);
  child.on("spawn", () => {
    if (options.behaviour === "unhealthy" || task.ending) return;
    turn("Running");
    onUp();
  });
  child.on("message", (message) => {
    const word = told.parse(message);
    if ("port" in word) task.port = word.port;
  });
  child.on("error", (error) => onLine(error.message));
  child.on("close", (code, signal) => {
    task.port = null;
    if (task.ending) return void turn("Shutdown");
    task.error = signal === null ? `task: non-zero exit (${code})` : `task: killed by ${signal}`;
    turn("Failed");
    onFailed();
  });
  return task;
};

/** Ends a task; one that has ended is no error. */
export const endTask = async (task: Task): Promise<void> => {
  const { child } = task;
  if (task.current === "Failed" || task.current === "Shutdown") return;
  task.ending = true;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await closed;
  clearTimeout(kill);
};
