import type { Claiming } from "#core/claim.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";

/** What a command wrote: the last 64 KiB of each. */
export interface Written {
  stdout: string;
  stderr: string;
}

type Asked<I, R> = Pick<StepContext<I, R>, "input" | "results" | "runId">;

interface ShellWork<I, R, T> {
  /** Shell text, the same for every run: what differs comes in as variables of the environment, never as text. */
  script: string;
  /** What reads it, with `-c`. Default: `sh`. */
  shell?: readonly string[];
  /** What the script finds as `$name`. */
  env?: (asked: Asked<I, R>) => Readonly<Record<string, string>>;
  /** The id of the connection to a server; null, or left out: this machine. */
  on?: (asked: Asked<I, R>) => string | null;
  /** Makes the result out of what it wrote, once it has ended with 0. Default: its last line. */
  gives?: (written: Written) => T;
  /** Default: an hour. */
  timeoutMs?: number;
}

export type ShellOptions<I, R, T> = ShellWork<I, R, T> & Claiming<I, R, T, never>;

/** Makes do steps that run a script on this machine or on a server. */
export type Shell = <I, R, T = string>(options: ShellOptions<I, R, T>) => DoOptions<I, R, T>;
