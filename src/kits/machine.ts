import { runHere } from "#connectors/here/run-here.ts";
import type { StopReceipt } from "#connectors/ssh/exec-result.ts";
import { sshTarget } from "#connectors/ssh/kind.ts";
import type { SshPool } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";
import { endBy } from "#connectors/ssh/stop-remote.ts";
import type { Connections } from "#core/connection.ts";

/** What the kits are handed. */
export interface KitDeps {
  connections: Connections;
  machines: SshPool;
  /** What commands on this machine find in their environment besides. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Where commands on this machine that outlive Milepost keep what they have to say. */
  jobsFolder: string;
}

/** For files that are only looked at: no step of them runs, so nothing of a server is needed. */
export const nothing = { connections: {} } as KitDeps;

/** Where a kit's commands run: a server, or this machine. `using machine = …` gives it back. */
export interface Machine extends Disposable {
  /** As it is called in sentences. */
  readonly name: string;
  /** What a kit keeps there for a while is kept below this; "": in the home of whoever signs in. */
  readonly folder: string;
  /** Runs it to its end, whatever the code. Throws AppError as `exec` and `runHere` do. */
  run(argv: readonly string[], options: RunOptions): Promise<Ran>;
  /**
   * Ends a process that set itself apart, with all that descends from it. `nonce`: what it has as MILEPOST_COMMAND; `shell`: the words that
   * run it, where those make another user of it. Never throws.
   */
  end(nonce: string, pid: number, shell?: readonly string[]): Promise<StopReceipt>;
}

interface RunOptions {
  signal: AbortSignal;
  stdin?: string;
  timeoutMs: number;
  /** Each line; one that has not ended comes with a carriage return at its end, and comes again. */
  onStdout?(line: string): void;
  onStderr?(line: string): void;
}

export interface Ran {
  /** Null when a signal ended it. */
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** `id`: of a connection; null: this machine. */
export const openMachine = async (
  deps: KitDeps,
  id: string | null,
  of: Parameters<SshPool["lease"]>[2],
): Promise<Machine> => {
  if (id === null) return thisMachine(deps);
  const { connection, values } = await deps.connections.open(id);
  const ssh = deps.machines.lease(id, sshTarget(connection.name, values, deps.machines.configFile), of);
  return {
    name: connection.name,
    folder: "",
    run: async (argv, { onStdout, onStderr, ...options }) => {
      const [stdout, stderr] = [keepEnd(onStdout), keepEnd(onStderr)];
      const ran = await ssh.exec(command(argv), {
        ...options,
        ...(onStdout === undefined ? {} : { onStdout: stdout.line }),
        ...(onStderr === undefined ? {} : { onStderr: stderr.line }),
      });
      // Of what is too much it keeps the beginning.
      return ran.truncated ? { ...ran, stdout: stdout.kept(), stderr: stderr.kept() } : ran;
    },
    end: ssh.end,
    [Symbol.dispose]: ssh.release,
  };
};

const thisMachine = ({ environment, jobsFolder }: KitDeps): Machine => {
  const run: Machine["run"] = async (argv, { signal, stdin, timeoutMs, onStdout, onStderr }) => {
    const [stdout, stderr] = [cutLines(onStdout), cutLines(onStderr)];
    const ended = await runHere(argv, {
      ...{ signal, env: environment, timeoutMs },
      ...(stdin === undefined ? {} : { stdin }),
      onStdout: stdout.piece,
      onStderr: stderr.piece,
    });
    for (const one of [stdout, stderr]) one.end();
    return { ...ended, stdout: stdout.kept(), stderr: stderr.kept() };
  };
  const ask = async (script: string, signal: AbortSignal) =>
    (await run(["sh", "-c", script], { signal, timeoutMs: 10_000 })).stdout;
  return {
    name: "this machine",
    folder: jobsFolder,
    run,
    end: (nonce, pid, shell) => endBy(ask, nonce, pid, shell),
    [Symbol.dispose]: () => {},
  };
};

/** A whole table of processes is smaller; of what a command prints only the end is asked for. */
const keptChars = 512 * 1024;

/** The end of a text that comes in pieces. */
const createTail = () => {
  const pieces: string[] = [];
  let size = 0;
  return {
    add: (piece: string) => {
      pieces.push(piece);
      size += piece.length;
      for (let [first] = pieces; first !== undefined && size - first.length >= keptChars; [first] = pieces) {
        pieces.shift();
        size -= first.length;
      }
    },
    text: () => pieces.join("").slice(-keptChars),
  };
};

/** Hands lines on, and keeps the end of what they were. */
const keepEnd = (onLine: ((line: string) => void) | undefined) => {
  const tail = createTail();
  return {
    line: (line: string) => {
      if (!line.endsWith("\r")) tail.add(`${line}\n`);
      onLine?.(line);
    },
    kept: tail.text,
  };
};

/** Cuts pieces into lines; the end of each output is kept. */
const cutLines = (onLine: ((line: string) => void) | undefined) => {
  const tail = createTail();
  let rest = "";
  return {
    piece: (piece: string) => {
      tail.add(piece);
      if (onLine === undefined) return;
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line.replace(/\r$/, ""));
      // What is written over comes as it is now, and what follows takes its place.
      const over = rest.slice(0, -1).lastIndexOf("\r");
      if (over >= 0) {
        onLine(`${rest.slice(0, over)}\r`);
        rest = rest.slice(over + 1);
      }
    },
    end: () => {
      if (rest !== "") onLine?.(rest);
      rest = "";
    },
    kept: tail.text,
  };
};
