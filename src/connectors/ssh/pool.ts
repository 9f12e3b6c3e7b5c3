import { AppError } from "#core/errors.ts";
import { askOver } from "./ask-machine.ts";
import { type Connection, createConnection } from "./connection.ts";
import { awaitEarlier, createRunsThere, type ForStep, type RunsThere } from "./earlier-attempt.ts";
import { type ExecOptions, exec, newNonce } from "./exec.ts";
import { ExecError, type ExecResult, type StopReceipt } from "./exec-result.ts";
import { createSftp, type Sftp } from "./sftp.ts";
import { endBy } from "./stop-remote.ts";
import type { SshTarget } from "./target.ts";

/** A machine on loan: connects when it is first used. `using ssh = pool.lease(…)` gives it back by itself. */
export interface Ssh extends Sftp, Disposable {
  readonly name: string;
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
  /** Ends a process there that set itself apart, with all that descends from it: TERM, then KILL. `nonce` is what it has as MILEPOST_COMMAND. */
  end(nonce: string, pid: number, shell?: readonly string[]): Promise<StopReceipt>;
  /** Gives it back; the connection stays warm for the next one. */
  release(): void;
}

/** One connection per machine for the whole process, shared by all who lease it. */
export interface SshPool {
  /** Absolute path of the operator's ssh_config, which says where aliases lead; null: there is none. */
  readonly configFile: string | null;
  /**
   * `id` is the stored connection's. When its target changed, those who hold the old one keep it until they give it back.
   * `of`: the step that works there; null when no run does. Before anything else is done for a run, what it may have begun there earlier
   * is looked for, and waited for or ended: of one run, two attempts never work at once.
   */
  lease(id: string, target: SshTarget, of: ForStep | null): Ssh;
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

interface PoolOptions {
  /** How long a connection that nobody leases stays warm. */
  idleMs?: number;
  configFile?: string | null;
}

export const createSshPool = ({ idleMs = 120_000, configFile = null }: PoolOptions = {}): SshPool => {
  const entries = new Map<string, Entry>();
  const all = new Set<Entry>();
  const runs = new Map<string, RunsThere>();
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
    configFile,
    lease: (id, target, of) => {
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
      const there = runs.get(id) ?? createRunsThere();
      runs.set(id, there);
      return {
        ...(of === null ? plain(entry.connection) : forStep(entry.connection, of, there)),
        name: target.name,
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

type Work = Sftp & Pick<Ssh, "exec" | "end">;

const plain = (connection: Connection): Work => ({
  ...createSftp(connection),
  exec: (command, options) => exec(connection, command, options),
  end: (nonce, pid, shell) => endBy(askOver(connection), nonce, pid, shell),
});

/** The machine for a step of a run, which has it to itself: nothing is done there before what the run began earlier has ended. */
const forStep = (connection: Connection, of: ForStep, there: RunsThere): Work => {
  const sftp = createSftp(connection);
  let looking: Promise<void> | null = null;
  const alone = async (signal: AbortSignal): Promise<void> => {
    if (there.clear.has(of.runId)) return;
    looking ??= awaitEarlier(connection, of, there, signal).finally(() => {
      looking = null;
    });
    await looking;
  };
  return {
    end: (nonce, pid, shell) => endBy(askOver(connection), nonce, pid, shell),
    exec: async (command, options) => {
      await alone(options.signal);
      const tag = { step: `${of.runId}/${of.stepId}`, nonce: newNonce() };
      there.ours.add(tag.nonce);
      try {
        return await exec(connection, command, options, tag);
      } catch (thrown) {
        if (!(thrown instanceof ExecError && thrown.result.stop?.confirmed === true)) doubt(there, of);
        throw thrown;
      } finally {
        there.ours.delete(tag.nonce);
      }
    },
    upload: async (content, path, options) => {
      await alone(options.signal);
      return sftp.upload(content, path, options);
    },
    read: async (path, options) => {
      await alone(options.signal);
      return sftp.read(path, options);
    },
    stat: async (path, signal) => {
      await alone(signal);
      return sftp.stat(path, signal);
    },
    exists: async (path, signal) => {
      await alone(signal);
      return sftp.exists(path, signal);
    },
    remove: async (path, signal) => {
      await alone(signal);
      return sftp.remove(path, signal);
    },
    work: async (path, signal, work) => {
      await alone(signal);
      return sftp.work(path, signal, work);
    },
  };
};

const doubt = (there: RunsThere, { runId }: ForStep) => {
  there.clear.delete(runId);
  there.doubtful.add(runId);
};
