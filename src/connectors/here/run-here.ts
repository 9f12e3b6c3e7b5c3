import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { AppError } from "#core/errors.ts";

export interface HereOptions {
  /** Cancels: ends the command with all that it began. */
  signal: AbortSignal;
  /** All that the command finds in its environment. */
  env: Readonly<Record<string, string | undefined>>;
  timeoutMs: number;
  /** Given to it, then closed. */
  stdin?: string;
  /** What was written, as it comes. */
  onStdout(piece: string): void;
  onStderr(piece: string): void;
}

export interface HereResult {
  /** Null when a signal ended it. */
  code: number | null;
  signal: string | null;
}

/** Between asking it to end and making it end. */
const graceMs = 5_000;
const lookEveryMs = 50;

/**
 * Runs a program on this machine, in a process group of its own and in the home of whoever Milepost runs as, as a login there would.
 * Throws AppError "cancelled" or "timed-out" once the whole group is gone, with `unconfirmed` where that was not seen, and
 * "remote-refused" when it cannot be begun.
 */
export const runHere = (argv: readonly string[], options: HereOptions): Promise<HereResult> =>
  new Promise((resolve, reject) => {
    const { signal, env, timeoutMs, stdin, onStdout, onStderr } = options;
    const [program = "", ...args] = argv;
    const child = spawn(program, args, {
      cwd: homedir(),
      env,
      detached: true,
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    // That it does not read all of it is its own business.
    child.stdin?.on("error", () => {}).end(stdin);
    let stopping = false;
    const stop = async (code: "cancelled" | "timed-out") => {
      if (stopping || child.pid === undefined) return;
      stopping = true;
      const gone = await endGroup(child.pid);
      const what =
        code === "cancelled"
          ? "It was cancelled."
          : `It did not end within ${Math.round(timeoutMs / 1_000)} s.`;
      done();
      reject(
        new AppError(
          code,
          gone ? `${what} It was ended with all that it had begun.` : what,
          gone ? { canPass: false } : { canPass: false, unconfirmed: "Its processes were not seen to end." },
        ),
      );
    };
    const onAbort = () => void stop("cancelled");
    const limit = setTimeout(() => void stop("timed-out"), timeoutMs);
    const done = () => {
      clearTimeout(limit);
      signal.removeEventListener("abort", onAbort);
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    child.stdout?.setEncoding("utf8").on("data", onStdout);
    child.stderr?.setEncoding("utf8").on("data", onStderr);
    child.once("error", (error) => {
      done();
      reject(
        new AppError("remote-refused", `“${program}” cannot be begun here: ${error.message}.`, {
          canPass: false,
        }),
      );
    });
    // A process that it left behind may hold its outputs open, which is no reason to wait for that one.
    child.once("exit", (code, ended) => {
      if (stopping) return;
      const settle = () => {
        if (stopping) return;
        done();
        resolve({ code, signal: ended });
      };
      const late = setTimeout(settle, 1_000);
      child.once("close", () => {
        clearTimeout(late);
        settle();
      });
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });

/** Ends a process group; whether it was seen to be gone. */
const endGroup = async (pid: number): Promise<boolean> => {
  for (const [name, forMs] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", 1_000],
  ] as const) {
    if (!tell(pid, name)) return true;
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      if (!isAlive(pid)) return true;
    }
  }
  return !isAlive(pid);
};

/** Whether anything of the group still runs: what has ended and only waits to be buried, in a container perhaps for ever, does not. */
const isAlive = (group: number): boolean => {
  if (!tell(group, 0)) return false;
  try {
    return readdirSync("/proc").some((name) => /^\d+$/.test(name) && runsIn(group, name));
  } catch {
    // No such list on this system.
    return true;
  }
};

/** proc_pid_stat(5): behind the name, in brackets, stand state, parent and group. */
const runsIn = (group: number, process: string): boolean => {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, "utf8");
    const [state, , its] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(its) === group && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
};

/** False when no process of the group is there any more. */
const tell = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
};
