import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSshPool } from "#connectors/ssh/pool.ts";
import { type Sshd, startSshd } from "../connectors/ssh/sshd.ts";
import { type Figure, figureOf, inTurns } from "./figure.ts";

const commands = 101;

/** The p50 of `true` on a warm connection of our pool, beside OpenSSH's own client with ControlMaster, on the same sshd. */
export const benchSsh = async (): Promise<Figure> => {
  const dir = mkdtempSync(join(tmpdir(), "milepost-bench-"));
  const sshd = await startSshd(dir);
  const pool = createSshPool();
  try {
    const [hostKeyFile = ""] = sshd.hostKeys;
    const hostKey = readFileSync(hostKeyFile, "utf8");
    using ssh = pool.lease(
      "bench",
      {
        ...{ name: "bench", host: "127.0.0.1", port: sshd.port, user: sshd.user, hostKey },
        auth: { privateKey: sshd.privateKey },
      },
      null,
    );
    const never = new AbortController().signal;
    const ours = async () => {
      const { code } = await ssh.exec("true", { signal: never });
      if (code !== 0) throw new Error(`“true” ended with ${code}`);
    };
    const openssh = await openOpenssh(dir, sshd, hostKey);
    try {
      const took = await inTurns(ours, () => openssh.run("true"), commands);
      const about = {
        what: "A command on a warm SSH connection: start it, know its process, read its end (p50)",
        unit: "ms",
        than: "OpenSSH's ssh with ControlMaster, the same sshd",
        more: "worse",
      } as const;
      return figureOf(about, took);
    } finally {
      await openssh.close();
    }
  } finally {
    await pool.close();
    await sshd.close();
    rmSync(dir, { recursive: true });
  }
};

/** Opens the master connection; each command is then an `ssh` process of its own that uses it, and fails when there is no master. */
const openOpenssh = async (dir: string, { port, user }: Sshd, hostKey: string) => {
  const knownHosts = join(dir, "known_hosts");
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${hostKey}`);
  const ssh = (...words: readonly string[]) =>
    promisify(execFile)("ssh", [
      ...["-F", "none", "-p", String(port), "-l", user, "-i", join(dir, "client")],
      ...["-o", `UserKnownHostsFile=${knownHosts}`, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"],
      ...["-o", `ControlPath=${join(dir, "master")}`, ...words],
    ]);
  await ssh("-o", "ControlMaster=yes", "-o", "ControlPersist=yes", "-f", "-N", "127.0.0.1");
  return {
    run: (command: string) => ssh("-o", "ProxyCommand=false", "127.0.0.1", command),
    close: () => ssh("-O", "exit", "127.0.0.1"),
  };
};
