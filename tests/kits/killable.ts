import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { Sshd } from "../connectors/ssh/sshd.ts";

const require = createRequire(import.meta.url);
const flags = require("../../bin/flags.cjs") as readonly string[];
const { bundleOf } = require("../../bin/bundle.cjs") as {
  bundleOf(program: string): { file: string; compiled: string };
};

/** An engine in a process of its own (killed-engine.ts), and the lines that it says. `enough`: the file that lets its jobs end. */
export const startKillable = (folder: string, servers: object, enough = "") => {
  const { file, compiled } = bundleOf("tests/kits/killed-engine.ts");
  const words = [...flags, file, folder, JSON.stringify(servers), enough];
  const child: ChildProcess = spawn(process.execPath, words, {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = new Set<string>();
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => said.add(line));
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const until = async (line: string): Promise<void> => {
    while (!said.has(line)) {
      if (isGone()) throw new Error(`the engine ended before it said “${line}”`);
      await wait(10);
    }
  };
  const kill = async () => {
    if (isGone()) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return { until, kill };
};

/** Ends an sshd and its sessions: whoever was connected is cut off. */
export const breakOff = ({ pid }: Sshd): void => {
  const sessions = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .map(Number)
    .filter(Boolean);
  for (const one of [...sessions, pid]) process.kill(one, "SIGKILL");
};
