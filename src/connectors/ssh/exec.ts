import { randomBytes } from "node:crypto";
import type { CommandChannel } from "./channels.ts";
import { type Connection, MayHaveBegun, type Opened } from "./connection.ts";
import { lostError, noEndError, notRunError, oddError, stoppedError } from "./exec-errors.ts";
import type { ExecResult, StopReceipt } from "./exec-result.ts";
import { createOutput } from "./output.ts";
import { runScript, type Tag } from "./script.ts";
import { stopRemote } from "./stop-remote.ts";

export interface ExecOptions {
  /** Cancels: ends the remote process and throws ExecError("cancelled") with the receipt. */
  signal: AbortSignal;
  /** Given to the command once it has begun, then closed. The only way for secrets: arguments and `env` can be seen by others there. */
  stdin?: string | Buffer;
  /** From the moment the command's channel is open; 60,000 unless told. */
  timeoutMs?: number;
  /** Each line; one that has not ended comes with a carriage return at its end, as the log of a step takes it, and comes again. */
  onStdout?(line: string): void;
  onStderr?(line: string): void;
  /** Kept of each output, the beginning: lines are given out beyond it; a command whose lines nobody takes is ended. 4 MiB unless told. */
  maxOutputBytes?: number;
  /** Set for the command; no secrets. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Runs shell text on the machine and resolves with its outputs and exit code, whatever the code. Build the text with `command`.
 * What cannot have begun is tried again; a command that may have begun never is.
 * Throws ExecError "cancelled", "timed-out" or "too-large" after having ended the remote process (its `result.stop` says whether that was
 * seen) and "unreachable" when the connection broke in the middle; AppError as in `connect` before it began, "remote-odd" when what
 * answers is no shell.
 */
export const exec = async (
  connection: Connection,
  command: string,
  options: ExecOptions,
  { step, nonce }: Pick<Tag, "step" | "nonce"> = { step: null, nonce: newNonce() },
): Promise<ExecResult> => {
  const startedAt = performance.now();
  const marker = `milepost-${newNonce()}:`;
  const limitS = Math.ceil((options.timeoutMs ?? usualTimeoutMs) / 1_000);
  const script = runScript(command, marker, { step, nonce, limitS }, options.env ?? {});
  const { name } = connection.target;
  try {
    const exit = watchExit();
    const opened = await connection.open<CommandChannel>(
      (client, done) =>
        client.exec(script, (error, channel) => {
          // In this very moment: the end of a short command may stand in the same packet as the channel's opening.
          channel?.once("exit", exit.tell);
          done(error, channel);
        }),
      options.signal,
    );
    try {
      return await follow(connection, opened, { command, marker, nonce, startedAt, options, exit });
    } finally {
      opened.release();
    }
  } catch (thrown) {
    if (!(thrown instanceof MayHaveBegun)) throw thrown;
    const durationMs = Math.round(performance.now() - startedAt);
    const result = { ...nothingKnown, command, durationMs };
    if (!options.signal.aborted) throw lostError(name, result, thrown);
    const reason = "the server did not say whether it had begun.";
    const stop: StopReceipt = { asked: "cancelled", signalSent: null, confirmed: false, reason };
    throw stoppedError(name, 0, { ...result, stop }, stop);
  }
};

/** What no other command has. */
export const newNonce = (): string => randomBytes(12).toString("hex");

const nothingKnown = {
  code: null,
  signal: null,
  stdout: "",
  stderr: "",
  truncated: false,
  noise: "",
  stop: null,
} as const;

interface Run {
  command: string;
  marker: string;
  nonce: string;
  startedAt: number;
  options: ExecOptions;
  exit: ExitWatch;
}

/** How the command ended, as soon as the server told. */
interface ExitWatch {
  end: { code: number | null; signal: string | null } | null;
  tell(code: number | null, signal?: string): void;
  onTold(): void;
}

const watchExit = (): ExitWatch => {
  const watch: ExitWatch = {
    end: null,
    tell: (code, signal) => {
      watch.end = { code, signal: signal?.replace(/^SIG/, "") ?? null };
      watch.onTold();
    },
    onTold: () => {},
  };
  return watch;
};

const usualTimeoutMs = 60_000;
const usualMaxBytes = 4 * 1024 * 1024;
/** A process that the command left behind may hold its outputs open; so long after the end and the last word we wait. */
const settleMs = 1_000;

const follow = (
  connection: Connection,
  { channel, session }: Opened<CommandChannel>,
  { command, marker, nonce, startedAt, options, exit }: Run,
): Promise<ExecResult> =>
  new Promise((resolve, reject) => {
    const { name } = connection.target;
    const { signal, stdin, timeoutMs = usualTimeoutMs, maxOutputBytes: maxBytes = usualMaxBytes } = options;
    let pid: number | null = null;
    let stopping = false;
    let settling: NodeJS.Timeout | undefined;

    const begin = (told: number) => {
      pid = told;
      // Only now: whatever is not our command, such as an rc file, must not read it.
      if (stdin !== undefined) channel.end(stdin);
    };
    const stdout = createOutput({ marker, maxBytes, onBegin: begin, onLine: options.onStdout });
    const stderr = createOutput({ marker, maxBytes, onBegin: () => {}, onLine: options.onStderr });
    const result = (stop: StopReceipt | null): ExecResult => ({
      command,
      code: exit.end?.code ?? null,
      signal: exit.end?.signal ?? null,
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated() || stderr.truncated(),
      noise: stdout.noise() + stderr.noise(),
      durationMs: Math.round(performance.now() - startedAt),
      stop,
    });
    const finish = (settle: () => void) => {
      clearTimeout(limit);
      clearTimeout(settling);
      signal.removeEventListener("abort", onAbort);
      settle();
    };
    const stop = async (asked: StopReceipt["asked"]) => {
      if (stopping) return;
      // It has ended already; only something that it left behind holds the channel open.
      if (exit.end !== null) return channel.close();
      stopping = true;
      const running = { nonce, pid: () => pid, hasEnded: () => exit.end !== null };
      const receipt = await stopRemote(connection, running, asked);
      channel.close();
      finish(() => reject(stoppedError(name, timeoutMs, result(receipt), receipt)));
    };
    const onAbort = () => void stop("cancelled");
    const limit = setTimeout(() => void stop("timed-out"), timeoutMs);

    const settleSoon = () => {
      clearTimeout(settling);
      if (exit.end !== null) settling = setTimeout(() => channel.close(), settleMs);
    };
    const onData = (output: typeof stdout, isTaken: boolean) => (chunk: Buffer) => {
      settleSoon();
      try {
        output.push(chunk);
        if (output.isOdd() && !stopping) {
          stopping = true;
          session.drop();
          return finish(() => reject(oddError(connection.where, result(null))));
        }
        if (output.truncated() && !isTaken) void stop("too-large");
      } catch (thrown) {
        // The caller's own listener failed: the command goes, its error is what the caller gets.
        stopping = true;
        channel.close();
        finish(() => reject(thrown));
      }
    };
    channel.on("data", onData(stdout, options.onStdout !== undefined));
    channel.stderr.on("data", onData(stderr, options.onStderr !== undefined));
    // Writing to a command that closed its input is the command's business, not an error of ours.
    channel.on("error", () => {});
    exit.onTold = settleSoon;
    settleSoon();
    channel.on("close", () => {
      if (stopping) return;
      stdout.end();
      stderr.end();
      finish(() => {
        if (exit.end === null && session.isLost()) return reject(lostError(name, result(null)));
        if (pid === null) return reject(notRunError(connection.where, result(null)));
        if (exit.end === null) return reject(noEndError(name, result(null)));
        resolve(result(null));
      });
    });
    // Without input it is closed at once, so that an rc file that reads does not wait for ever.
    if (stdin === undefined) channel.end();
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
