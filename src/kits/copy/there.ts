import { createHash } from "node:crypto";
import { sshTarget } from "#connectors/ssh/kind.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";
import type { DoContext } from "#core/step-context.ts";
import type { KitDeps } from "#kits/machine.ts";
import { type Side, wholly } from "./side.ts";

const pieceBytes = 32 * 1024;
/** A disk reads a terabyte in that. */
const hashLimitMs = 4 * 3_600_000;

/** From its input, so that no name means anything to it. */
const hashScript = `{ sha256sum || shasum -a 256 || openssl dgst -sha256 -r; } <"$1" 2>/dev/null`;

/** Files of a server, over SFTP. */
export const sideThere = async <I, R>(deps: KitDeps, id: string, ctx: DoContext<I, R>): Promise<Side> => {
  const { connection, values } = await deps.connections.open(id);
  const ssh = deps.machines.lease(id, sshTarget(connection.name, values, deps.machines.configFile), ctx);
  const { signal } = ctx;
  const reading: Side["reading"] = (path, work) =>
    ssh.work(path, signal, async (sftp) => {
      const handle = await sftp.open(path, "r");
      try {
        return await work(wholly((at, length) => sftp.read(handle, at, Math.min(length, pieceBytes))));
      } finally {
        await sftp.close(handle);
      }
    });
  const stat: Side["stat"] = async (path) => {
    const found = await ssh.stat(path, signal);
    return found === null ? null : { ...found, isFile: found.kind === "file" };
  };
  return {
    name: ssh.name,
    stat,
    reading,
    sha256: async (path) =>
      (await stat(path)) === null ? null : ((await hashBy(ssh, path, signal)) ?? hashOver(reading, path)),
    writing: (path, work) =>
      ssh.work(path, signal, async (sftp) => {
        const isThere = await sftp.lstat(path).then(
          () => true,
          () => false,
        );
        const handle = await sftp.open(path, isThere ? "r+" : "wx", 0o600);
        try {
          const result = await work((bytes, at) => sftp.write(handle, bytes, at));
          await sftp.sync(handle);
          return result;
        } finally {
          await sftp.close(handle);
        }
      }),
    move: (from, to, mode) =>
      ssh.work(to, signal, async (sftp) => {
        const handle = await sftp.open(from, "r+");
        try {
          await sftp.chmod(handle, mode);
        } finally {
          await sftp.close(handle);
        }
        await sftp.replace(from, to);
      }),
    remove: async (path) => void (await ssh.remove(path, signal)),
    [Symbol.dispose]: ssh.release,
  };
};

/** Null where no program there can tell. */
const hashBy = async (ssh: Ssh, path: string, signal: AbortSignal): Promise<string | null> => {
  const said = await ssh.exec(command(["sh", "-c", hashScript, "milepost", path]), {
    ...{ signal, timeoutMs: hashLimitMs },
  });
  return /^\\?([0-9a-f]{64})\b/.exec(said.stdout)?.[1] ?? null;
};

/** All of it is fetched once more, which takes longer. */
const hashOver = (reading: Side["reading"], path: string): Promise<string> =>
  reading(path, async (read) => {
    const hash = createHash("sha256");
    for (let at = 0; ; ) {
      const piece = await read(at, pieceBytes);
      if (piece.length === 0) return hash.digest("hex");
      hash.update(piece);
      at += piece.length;
    }
  });
