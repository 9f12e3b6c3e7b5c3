import type { Export } from "./exports.ts";
import type { OverRun } from "./retention.ts";
import type { RunWithSteps } from "./run.ts";

/** What of a run that is over is taken away before its row. */
export interface Trim {
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** `log`: the lines, and the moments of progress that only live views need. `all`: every event besides. */
  what: "log" | "all";
  /** The rule by which only the log goes: so many days; null: the run is to go. */
  days: number | null;
  /** The cleaning that counts it; null: none does. */
  cleaning: number | null;
}

/** Runs of a workflow that are over, the oldest first. */
export interface OverFilter {
  workflowId: string;
  /** Only those behind this place. */
  after: number;
  /** Only those before this place. */
  below: number;
  /** Only those whose log was not removed by a rule since they ended. */
  withLog: boolean;
}

/** Taking away runs that are over. */
export interface Removal {
  /**
   * Removes what a run told, from number `from` on, a slice of it; the first slice marks the run as trimmed. Gives the number to go on
   * from, null when nothing is left. Throws AppError("not-allowed-now") while the run is under way.
   */
  trim(runId: string, trim: Trim, from: number): Promise<number | null>;
  /**
   * Deletes the run with everything that is kept of it; its number is never given again. `assertMay` is called inside the transaction.
   * With `exports` the rows of exports that it owns go too, and are given back, so that their files can follow. Throws
   * AppError("not-found").
   */
  remove(
    runId: string,
    what: { exports: boolean; cleaning: number | null },
    assertMay: (now: RunWithSteps) => void,
  ): Promise<{ run: RunWithSteps; exports: Export[] }>;
  /** The workflows of all runs, those that are no longer offered too. */
  workflows(): Promise<string[]>;
  over(filter: OverFilter, limit: number): Promise<OverRun[]>;
  /** The place of the first run that was accepted at this time or later; behind all of them when none was. */
  placeAt(at: number): Promise<number>;
  /** The place of the nth newest run of a workflow, whatever its state; 0 when there are fewer. */
  placeOfNewest(workflowId: string, n: number): Promise<number>;
  /** The exports that these runs own. */
  exportsOf(runIds: readonly string[]): Promise<Export[]>;
  /** About how many bytes a run takes in the store, by a sample of what it told. */
  weigh(runId: string): Promise<number>;
  /** Where files of exports lie, by page: `next` is the `after` of the one that follows, null at the end. */
  exportFiles(after: number, limit: number): Promise<{ paths: string[]; next: number | null }>;
}
