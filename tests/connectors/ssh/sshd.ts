import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../../free-port.ts";

/** A real OpenSSH server on loopback, for one key. */
export interface Sshd {
  port: number;
  user: string;
  privateKey: string;
  /** What HOME is there: empty, so that the rc files of whoever runs the test are out of it. */
  home: string;
  /** Paths of its public host keys. */
  hostKeys: readonly string[];
  pid: number;
  /** Starts it once more with the same settings, after it ended. */
  again(): Promise<Sshd>;
  close(): Promise<void>;
}

/** `extra`: more lines for its sshd_config; `path`: what PATH is there. `dir` must exist and be the test's own. */
export const startSshd = async (dir: string, extra: readonly string[] = [], path?: string): Promise<Sshd> => {
  const hostKeys = ["ed25519", "rsa"].map((type) => makeKey(join(dir, `host_${type}`), type));
  const clientKey = makeKey(join(dir, "client"), "ed25519");
  const port = await freePort();
  const home = join(dir, "home");
  mkdirSync(home);
  const conf = join(dir, "sshd_config");
  writeFileSync(
    conf,
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      ...hostKeys.map((path) => `HostKey ${path}`),
      `AuthorizedKeysFile ${clientKey}.pub`,
      ...["StrictModes no", "UsePAM no", "PidFile none", "PermitRootLogin yes", "LogLevel VERBOSE"],
      ...["PasswordAuthentication no", "KbdInteractiveAuthentication no", "MaxStartups 100"],
      "Subsystem sftp internal-sftp",
      `SetEnv HOME=${home}${path === undefined ? "" : ` PATH=${path}`}`,
      ...extra,
      "",
    ].join("\n"),
  );
  // Where sshd keeps its unprivileged part; only root can make it and only root's sshd needs it.
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const privateKey = readFileSync(clientKey, "utf8");
  return run(conf, {
    ...{ port, home, privateKey, user: userInfo().username },
    hostKeys: hostKeys.map((key) => `${key}.pub`),
  });
};

/** A child of the sshd before may have its port for a moment longer. */
const tries = 50;

const run = async (
  conf: string,
  facts: Omit<Sshd, "pid" | "again" | "close">,
  left = tries,
): Promise<Sshd> => {
  const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", conf], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    await listening(child);
  } catch (error) {
    if (left === 0 || !String(error).includes("Address already in use")) throw error;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return run(conf, facts, left - 1);
  }
  return {
    ...facts,
    pid: child.pid ?? 0,
    again: () => run(conf, facts),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
};

export const makeKey = (path: string, type = "ed25519", passphrase = ""): string => {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-f", path]);
  return path;
};

/** What `ssh-keygen -l` prints for a public key: "SHA256:…". */
export const printedFingerprint = (path: string): string =>
  execFileSync("ssh-keygen", ["-lf", path], { encoding: "utf8" }).split(" ")[1] ?? "";

const listening = async (child: ChildProcess): Promise<void> => {
  if (child.stderr === null) throw new Error("no stderr");
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on("line", (line) => {
      said.push(line);
      if (line.startsWith("Server listening")) resolve();
    });
    child.once("exit", () => reject(new Error(`sshd ended: ${said.join("\n")}`)));
  });
};
