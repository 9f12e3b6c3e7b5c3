import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { ServerChannel } from "ssh2";

/** Where commands run and what they find. */
export interface Shell {
  home: string;
  env: Readonly<Record<string, string>>;
}

/** A command under way, for SSH's signal request. */
export interface RunningCommand {
  signal(name: string): void;
}

/** Between TERM and KILL for what is still there when the server closes. */
const graceMs = 2_000;

/** What is left when this process ends, however it is told to. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) signalGroup(child, "KILL");
});

/** Ends all commands; what ignores TERM gets KILL a little later. */
export const endCommands = (): void => {
  for (const child of running)
    if (signalGroup(child, "TERM")) setTimeout(() => signalGroup(child, "KILL"), graceMs).unref();
};

/**
 * Runs one command as sshd does: in a process group of its own, its outputs on the channel, its exit status or signal at the end. When
 * the channel goes, the command goes on, as it does there (session.c hangs up only what has a terminal).
 */
export const runCommand = (command: string, channel: ServerChannel, shell: Shell): RunningCommand => {
  const child = spawn("/bin/sh", ["-c", command], {
    cwd: shell.home,
    env: shell.env,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // A command may close its input, and a client may leave: both are ordinary.
  for (const stream of [child.stdin, child.stdout, child.stderr, channel]) stream.on("error", () => {});

  let closed = false;
  child.on("error", () => {
    channel.exit(127);
    channel.end();
  });
  child.on("exit", (code, signal) => {
    if (closed) return;
    if (code !== null) channel.exit(code);
    else if (signal !== null) channel.exit(signal.replace(/^SIG/, ""), false, "");
  });
  child.on("close", () => {
    running.delete(child);
    if (!closed) channel.end();
  });
  channel.on("close", () => {
    closed = true;
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  });
  return { signal: (name) => signalGroup(child, name) };
};

/** False when nothing of the group is left. */
const signalGroup = (child: ChildProcess, name: string): boolean => {
  const number = Object.entries(constants.signals).find(([known]) => known === `SIG${name}`)?.[1];
  if (child.pid === undefined || number === undefined) return false;
  try {
    return process.kill(-child.pid, number);
  } catch {
    return false;
  }
};
