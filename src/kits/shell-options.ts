import type { Claiming } from "#core/claim.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Gives } from "./gives.ts";
import type { ReadsProgress } from "./progress/reader.ts";

/** What a command wrote: the last 64 KiB of each. */
export interface Written {
  stdout: string;
  stderr: string;
}

/** What is known when a command is put together. */
export type Asked<I, R> = Pick<StepContext<I, R>, "input" | "results" | "runId">;

/** Gives a text that nobody may see, mostly a secret field of the form: `({ secret }) => secret("password")`. */
export type Secret<I, R, K extends string> = (
  asked: Asked<I, R> & Pick<StepContext<I, R, K>, "secret">,
) => string;

/** A script, what it is given, and where it runs. */
export interface ScriptWork<I, R, K extends string> {
  /** Shell text, the same for every run: what differs comes in as variables of the environment, never as text. */
  script: string;
  /** What reads it, with `-c`. Default: `sh`. */
  shell?: readonly string[];
  /** What the script finds as `$name`. */
  env?: (asked: Asked<I, R>) => Readonly<Record<string, string>>;
  /** The same for what nobody may see, by name. It is in no list of processes and in no plan. */
  secrets?: Readonly<Record<string, Secret<I, R, K>>>;
  /** The id of the connection to a server; null, or left out: this machine. */
  on?: (asked: Asked<I, R>) => string | null;
  /** How what it writes tells how far it is. Default: what names itself beyond doubt is read. */
  progress?: ReadsProgress | ((asked: Asked<I, R>) => ReadsProgress);
  /** First guess of its duration, before there is any history. */
  weightMs?: number;
}

interface ShellWork<I, R, T, K extends string> extends ScriptWork<I, R, K> {
  /** Makes the result out of what it wrote, once it has ended with 0; a schema reads its output as JSON. Default: its last line, as a terminal shows it, without colours. */
  gives?: Gives<Written, T>;
  /** What sentences about it call it. Default: "The script". */
  called?: string;
  /** One line for the person about the result. */
  detail?: (result: T) => string;
  /** Default: an hour. What takes longer is a `job`. */
  timeoutMs?: number;
  /** Shell text that ends with 0 where it is done already: it is asked after a crash, and before every other try. */
  already?: string;
  /** Shell text that removes what it made. It has to bear being run again, and where there is nothing to remove. */
  undo?: string;
}

export type ShellOptions<I, R, T, K extends string = never> = ShellWork<I, R, T, K> &
  Claiming<I, R, T, never>;

/** Makes do steps that run a script on this machine or on a server. */
export type Shell = <I, R, T = string, K extends string = never>(
  options: ShellOptions<I, R, T, K>,
) => DoOptions<I, R, T, K>;
