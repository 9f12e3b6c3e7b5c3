import type { WaitOptions } from "#core/workflow.ts";
import type { Gives } from "#kits/gives.ts";
import type { ScriptWork } from "#kits/shell-options.ts";

/** A command that may take long. Its secrets are in a file that only its user can read, and that is gone once the script has begun. */
export interface JobOptions<I, R, T, K extends string = never> extends ScriptWork<I, R, K> {
  /**
   * Makes the result out of the end of what it wrote (64 KiB), once it has ended with 0; a schema reads its last line as JSON. Default: its
   * last line.
   */
  gives?: Gives<{ output: string }, T>;
  /** One line for the person about the result. */
  detail?: (result: T) => string;
  /** Longer than this and it is ended. Default: a day. */
  limitMs?: number;
  /** Shell text that removes what it made. It has to bear being run again, and where there is nothing to remove. */
  undo?: string;
  /** Why it may be begun once more by itself where the machine was restarted, or something ended it, before it came to its end. */
  safeBecause?: string;
}

/**
 * Makes wait steps that run a script which outlives Milepost and the connection: it is begun once, works by itself, and is looked at now and
 * then.
 */
export type Job = <I, R, T = string, K extends string = never>(
  options: JobOptions<I, R, T, K>,
) => WaitOptions<I, R, T, K>;
