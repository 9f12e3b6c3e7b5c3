import { AppError } from "#core/errors.ts";
import { type Connection, createConnection } from "./connection.ts";
import { type ExecOptions, exec } from "./exec.ts";
import type { ExecResult } from "./exec-result.ts";
import { createSftp, type Sftp } from "./sftp.ts";
import type { SshTarget } from "./target.ts";

/** A machine on loan: connects when it is first used. `using ssh = pool.lease(…)` gives it back by itself. */
export interface Ssh extends Sftp, Disposable {
  readonly name: string;
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
  /** Gives it back; the connection stays warm for the next one. */
  release(): void;
}

/** One connection per machine for the whole process, shared by all who lease it. */
export interface SshPool {
  /** `id` is the stored connection's. When its target changed, those who hold the old one keep it until they give it back. */
  lease(id: string, target: SshTarget): Ssh;
  /** Says good-bye to all machines; commands that still run break. */
  close(): Promise<void>;
}

interface Entry {
  connection: Connection;
  /** The target as it was, to see whether it changed. */
  key: string;
  leases: number;
  callOff(): void;
}

/** `idleMs`: how long a connection that nobody leases stays warm. */
export const createSshPool = ({ idleMs = 120_000 }: { idleMs?: number } = {}): SshPool => {
  const entries = new Map<string, Entry>();
  const all = new Set<Entry>();
  let closed = false;

  const retire = (id: string, entry: Entry): Promise<void> => {
    entry.callOff();
    if (entries.get(id) === entry) entries.delete(id);
    all.delete(entry);
    return entry.connection.end();
  };

  const enter = (id: string, target: SshTarget): Entry => {
    const key = JSON.stringify(target);
    const known = entries.get(id);
    if (known?.key === key) return known;
    const entry: Entry = { connection: createConnection(target), key, leases: 0, callOff: () => {} };
    entries.set(id, entry);
    all.add(entry);
    if (known !== undefined && known.leases === 0) void retire(id, known);
    return entry;
  };

  const giveBack = (id: string, entry: Entry) => {
    if (--entry.leases > 0) return;
    if (entries.get(id) !== entry) return void retire(id, entry);
    const timer = setTimeout(() => void retire(id, entry), idleMs).unref();
    entry.callOff = () => clearTimeout(timer);
  };

  return {
    lease: (id, target) => {
      if (closed)
        throw new AppError("cancelled", "The server is closing; no machine can be reached any more.");
      const entry = enter(id, target);
      entry.callOff();
      entry.leases++;
      let released = false;
      const release = () => {
        if (released) return;
        released = true;
        giveBack(id, entry);
      };
      return {
        ...createSftp(entry.connection),
        name: target.name,
        exec: (command, options) => exec(entry.connection, command, options),
        release,
        [Symbol.dispose]: release,
      };
    },
    close: async () => {
      closed = true;
      await Promise.all([...all].map((entry) => entry.connection.end()));
    },
  };
};
