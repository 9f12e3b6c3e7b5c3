import { AppError, type ErrorCode } from "#core/errors.ts";

/** What became of a command. */
export interface ExecResult {
  command: string;
  /** Null when a signal ended it or nothing is known about its end. */
  code: number | null;
  /** "TERM" and the like when a signal ended it. */
  signal: string | null;
  stdout: string;
  stderr: string;
  /** True when more came than `maxOutputBytes`: then the rest was given out as lines only. */
  truncated: boolean;
  /** What the remote shell printed by itself before the command; "" is best. */
  noise: string;
  /** From asking for a channel to the end. */
  durationMs: number;
  /** When it was told to stop: what was done and whether its end was seen. */
  stop: StopReceipt | null;
}

export interface StopReceipt {
  asked: "cancelled" | "timed-out" | "too-large";
  signalSent: "TERM" | "KILL" | null;
  /** The remote process and all of its process group were seen to be gone. */
  confirmed: boolean;
  /** Why it could not be confirmed. */
  reason: string | null;
}

/**
 * A command was begun and has no proper end: cancelled, over its time, or cut off from us. Never tried again by itself, since what it
 * did until then is not known.
 */
export class ExecError extends AppError {
  readonly result: ExecResult;

  constructor(code: ErrorCode, sentence: string, result: ExecResult, cause?: unknown) {
    const detail = [result.stdout, result.stderr].filter((text) => text !== "").join("\n");
    super(code, sentence, {
      canPass: false,
      cause,
      ...(result.stop?.confirmed === false
        ? { unconfirmed: result.stop.reason ?? "The remote process was not seen to end." }
        : {}),
      ...(detail === "" ? {} : { detail: detail.slice(-4_000) }),
    });
    this.result = result;
  }
}

/** A stop receipt as a sentence: what was done to end the command and whether it is gone. */
export const stopSentence = ({ signalSent, confirmed, reason }: StopReceipt, name: string): string => {
  if (!confirmed) return `Whether it still runs on ${name} is not known: ${reason}`;
  return signalSent === null
    ? `It had already ended on ${name}.`
    : `It was ended on ${name} (SIG${signalSent}) and is gone.`;
};
