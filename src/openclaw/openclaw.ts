import type { z } from "zod";
import type { ExecResult } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";
import { exitMeaning } from "#core/exit-meaning.ts";
import { parseJson } from "#core/parse-json.ts";

const longestDetail = 4_000;

export interface CallOptions {
  /** Secrets go here, never into the words. */
  stdin?: string;
  timeoutMs?: number;
  /** Asked again and again: the log shows the command, not each of its answers. */
  polled?: boolean;
}

/** OpenClaw's command line on one machine. */
export interface Openclaw {
  /** The command as it would be sent, for plans and logs. */
  text(words: readonly string[]): string;
  /** Runs it and gives back whatever it said, whatever its exit code. One that another's change of the configuration outran runs again. */
  run(words: readonly string[], options?: CallOptions): Promise<ExecResult>;
  /** The same; throws AppError("remote-failed") with what it said when the exit code is not 0. */
  must(words: readonly string[], options?: CallOptions): Promise<ExecResult>;
  /** With --json: its answer, checked. Throws "remote-failed" when it reports an error, "remote-odd" when it says something else. */
  json<S extends z.ZodType>(words: readonly string[], schema: S, options?: CallOptions): Promise<z.infer<S>>;
}

interface OpenclawDeps {
  ssh: Ssh;
  /** As a shell runs it: "openclaw", "PATH=… openclaw". */
  program: string;
  signal: AbortSignal;
  /** No command may take longer. */
  limitMs: number;
  log(line: string): void;
}

export const createOpenclaw = ({ ssh, program, signal, limitMs, log }: OpenclawDeps): Openclaw => {
  const text = (words: readonly string[]) => `${program} ${command(words)}`;
  const run: Openclaw["run"] = async (words, { stdin, timeoutMs = limitMs, polled = false } = {}) => {
    for (let tries = 1; ; tries++) {
      log(`$ ${text(words)}`);
      const result = await ssh.exec(text(words), {
        signal,
        timeoutMs: Math.min(timeoutMs, limitMs),
        ...(stdin === undefined ? {} : { stdin }),
        ...(polled ? {} : { onStdout: log, onStderr: log }),
      });
      if (result.code === 0 || tries === mostTries || !isOutrun.test(said(result))) return result;
      log("The configuration was changed by another at that very moment, so nothing was done; once more.");
    }
  };
  const must: Openclaw["must"] = async (words, options) => {
    const result = await run(words, options);
    if (result.code !== 0) throw failed(ssh.name, words, result);
    return result;
  };
  return {
    text,
    run,
    must,
    json: async (words, schema, options) => {
      const result = await run([...words, "--json"], options);
      if (result.code !== 0 && isClosed.test(said(result))) throw closed(ssh.name, result);
      const answer = parseJson(result.stdout);
      if (isUnheard(answer)) throw unheard(ssh.name, result);
      const read = schema.safeParse(answer);
      // Its exit code alone says little: conflicts come with 0, and an answer that fits can come with 1.
      if (read.success && errorIn(answer) === null) return read.data;
      if (result.code !== 0 || errorIn(answer) !== null) throw failed(ssh.name, words, result);
      throw new AppError(
        "remote-odd",
        `“${nameOf(words)}” on ${ssh.name} answered something that this version of Milepost does not know.`,
        { detail: said(result), canPass: false },
      );
    },
  };
};

/** The gateway, or somebody else, wrote the configuration between a command's reading and its writing: the command then writes nothing. */
const isOutrun = /ConfigMutationConflictError|config changed since last load/;
/** Each takes seconds, so that no pause is needed in between. */
const mostTries = 5;

/** Of a gateway that stops: it refused the connection before it read the command (2026.9.6). */
const isClosed = /websocket admission closed|rejected websocket upgrade \(HTTP 503\)/i;

/** A gateway that somebody restarts takes nothing for a while, and has then done nothing: that passes. */
const closed = (node: string, result: ExecResult): AppError =>
  new AppError(
    "remote-busy",
    `The gateway of ${node} is being restarted and takes no commands at this moment.`,
    { detail: said(result), retryAfterMs: 2_000 },
  );

/** What a command says that needs the gateway and got no answer from it in time, with exit code 0 (2026.9.6). */
const isUnheard = (answer: unknown): boolean =>
  typeof answer === "object" && answer !== null && "gatewayReachable" in answer && !answer.gatewayReachable;

const unheard = (node: string, result: ExecResult): AppError =>
  new AppError("remote-busy", `The gateway of ${node} does not answer OpenClaw's commands at this moment.`, {
    detail: said(result),
    retryAfterMs: 2_000,
  });

/** So often a step comes again while a gateway takes no commands: about as long as a restart may take at most. */
export const gatewayRetry = { busyAttempts: 60 } as const;

/** "openclaw agents add": without the arguments, which may be long. */
const nameOf = (words: readonly string[]): string => {
  const end = words.findIndex((word) => word.startsWith("-"));
  return ["openclaw", ...words.slice(0, Math.min(end < 0 ? words.length : end, 2))].join(" ");
};

/** The message of its failure envelope: `{"ok":false,"error":{"message"}}`. */
const errorIn = (answer: unknown): string | null => {
  if (typeof answer !== "object" || answer === null || !("error" in answer)) return null;
  const { error } = answer;
  if (typeof error === "string") return error;
  if (typeof error !== "object" || error === null || !("message" in error)) return null;
  return String(error.message);
};

const said = ({ stdout, stderr }: ExecResult): string =>
  [stdout.trim(), stderr.trim()]
    .filter((part) => part !== "")
    .join("\n")
    .slice(-longestDetail);

/** What a command said when it failed, as an error with its whole output. */
const failed = (node: string, words: readonly string[], result: ExecResult): AppError => {
  const reason = errorIn(parseJson(result.stdout)) ?? reasonIn(result);
  const code = result.code === null ? "was ended by a signal" : `ended with exit code ${result.code}`;
  const sentence = `“${nameOf(words)}” on ${node} ${code}`;
  return new AppError(
    "remote-failed",
    reason === "" ? `${sentence}${exitMeaning(result)}.` : `${sentence}: ${ended(reason)}`,
    {
      detail: said(result),
      canPass: false,
    },
  );
};

/** Lines that OpenClaw writes of itself on a busy machine, and what it adds for debugging. */
const aside = /^\[[\w-]+\/[\w/-]+\] |^\[openclaw\] (The CLI command failed|Debug:|Try:|Help:)/;

/** The line that says why: not whatever happens to be the first. */
const reasonIn = ({ stderr, stdout, code }: ExecResult): string => {
  const lines = (stderr.trim() === "" ? stdout : stderr)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !aside.test(line));
  const told = lines.map((line) => /^\[openclaw\] Reason: (.*)/.exec(line)?.[1]).find(Boolean);
  // The shell's own word for a command that is not there; a wrapper may have talked before.
  const missing = code === 127 ? lines.find((line) => /not found|No such file/i.test(line)) : undefined;
  return told ?? missing ?? lines[0] ?? "";
};

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
