import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { SshTarget } from "#connectors/ssh/target.ts";
import { type SshSandbox, startSshSandbox } from "#sandbox/ssh/sandbox.ts";
import { type Network, startNetwork } from "../connectors/ssh/network.ts";
import { startSshd } from "../connectors/ssh/sshd.ts";

/** A node behind OpenSSH's sshd, over a network that can be cut, whose commands a test can count and let hang. */
export interface BotMachine {
  target: SshTarget;
  network: Network;
  sandbox: SshSandbox;
  /** Commands that changed something there and came to their end, in their order. */
  effects(): string[];
  /** From now on commands hang: each `before` it does anything, or those that change something `after` they did. */
  hang(when: "before" | "after"): void;
  /** Resolves when one hangs. */
  hanging(): Promise<void>;
  letGo(): void;
  /** SIGKILL to sshd and all its sessions; what they ran goes on, as it does in earnest. */
  killSshd(): void;
  startSshd(): Promise<void>;
  killGateway(): Promise<void>;
  startGateway(): Promise<void>;
  close(): Promise<void>;
}

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const startBotMachine = async (): Promise<BotMachine> => {
  const dir = mkdtempSync(join(tmpdir(), "milepost-machine-"));
  const place = (name: string) => join(dir, name);
  const path = `${place("bin")}:${usualPath}`;
  let sshd = await startSshd(dir, [], path);
  const { port, user, privateKey, hostKeys, home } = sshd;
  const sandbox = await startSshSandbox({ dataDir: dir });
  const network = await startNetwork(port);
  watchCommands(dir);
  const gatewayPort = (
    JSON.parse(readFileSync(join(sandbox.stateDir, "openclaw.json"), "utf8")) as { gateway: { port: number } }
  ).gateway.port;
  const isUp = async () =>
    (await fetch(`http://127.0.0.1:${gatewayPort}/healthz`).catch(() => null)) !== null;
  /** Its accounts are connected as well. */
  const isReady = async () =>
    (await fetch(`http://127.0.0.1:${gatewayPort}/readyz`).catch(() => null))?.ok === true;
  let gateway: ChildProcess | null = null;
  const letGo = () => {
    for (const name of ["hang-before", "hang-after", "hanging"]) rmSync(place(name), { force: true });
  };
  return {
    target: {
      ...{ name: "node1", host: "127.0.0.1", port: network.port, user },
      ...{ auth: { privateKey }, hostKey: readFileSync(hostKeys[0] ?? "", "utf8") },
    },
    network,
    sandbox,
    effects: () =>
      existsSync(place("effects")) ? readFileSync(place("effects"), "utf8").trim().split("\n") : [],
    hang: (when) => writeFileSync(place(`hang-${when}`), ""),
    hanging: async () => {
      while (!existsSync(place("hanging"))) await wait(20);
    },
    letGo,
    killSshd: () => {
      for (const pid of [sshd.pid, ...sessionsOf(sshd.pid)]) process.kill(pid, "SIGKILL");
    },
    startSshd: async () => {
      sshd = await sshd.again();
    },
    killGateway: async () => {
      const env = { HOME: home, PATH: path };
      const said = execFileSync(place("bin/openclaw"), ["gateway", "status", "--json"], { env });
      const { port } = JSON.parse(said.toString()) as { port: { listeners: { pid: number }[] } };
      for (const { pid } of port.listeners) process.kill(pid, "SIGKILL");
      while (await isUp()) await wait(20);
    },
    startGateway: async () => {
      gateway = spawn(place("bin/openclaw"), ["gateway", "run"], {
        env: { HOME: home, PATH: path, OPENCLAW_SANDBOX_PARENT: "stdin" },
        stdio: ["pipe", "ignore", "ignore"],
      });
      gateway.stdin?.on("error", () => {});
      while (!(await isReady())) await wait(20);
    },
    close: async () => {
      letGo();
      await network.close();
      await sshd.close();
      await sandbox.close();
      if (gateway !== null && gateway.exitCode === null && gateway.signalCode === null) {
        const ended = once(gateway, "exit");
        gateway.stdin?.end();
        await ended;
      }
      rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

/** All sshd processes below one: its sessions. */
const sessionsOf = (pid: number): number[] => {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const below = (parent: number): number[] =>
    rows
      .filter(([, ppid, comm = ""]) => Number(ppid) === parent && comm.startsWith("sshd"))
      .flatMap(([child]) => [Number(child), ...below(Number(child))]);
  return below(pid);
};

/** Puts a shell script before `openclaw` and `mkdir` that writes down what changed something, and hangs when told to. */
const watchCommands = (dir: string): void => {
  const place = (name: string) => join(dir, name);
  renameSync(place("bin/openclaw"), place("bin/real-openclaw"));
  const changing =
    '"agents add"*|"agents bind --"*|"agents set-identity"*|"agents unbind"*|"agents delete"*|"channels add"*|"channels remove"*|"config patch --stdin"|"gateway restart"*|"message send"*';
  const script = (name: string, real: string, changes: string) => `#!/bin/sh
cd ${dir} || exit 1
changes=
${changes}
if [ -e hang-before ]; then echo > hanging; while [ -e hang-before ]; do sleep 0.05; done; exit 1; fi
${real} "$@"
code=$?
if [ "$code" = 0 ] && [ -n "$changes" ]; then
  echo "${name} $*" >> effects
  if [ -e hang-after ]; then echo > hanging; while [ -e hang-after ]; do sleep 0.05; done; fi
fi
exit $code
`;
  const write = (name: string, text: string) => writeFileSync(place(`bin/${name}`), text, { mode: 0o755 });
  write(
    "openclaw",
    script("openclaw", place("bin/real-openclaw"), `case "$*" in ${changing}) changes=yes ;; esac`),
  );
  write("mkdir", script("mkdir", "/bin/mkdir", 'for last; do :; done; [ -e "$last" ] || changes=yes'));
};
