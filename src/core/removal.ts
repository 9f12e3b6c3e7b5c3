import type { Export } from "./exports.ts";
import type { RunWithSteps } from "./run.ts";

/** Taking away runs that are over. */
export interface Removal {
  /**
   * Removes the log and the events of a run, from number `from` on, a slice of them; the first slice marks the run as trimmed. Gives the
   * number to go on from, null when nothing is left. Throws AppError("not-allowed-now") while the run is under way.
   */
  trim(runId: string, at: number, from: number): Promise<number | null>;
  /**
   * Deletes the run with everything that is kept of it; its number is never given again. `assertMay` is called inside the transaction.
   * With `withExports` the rows of exports that it owns go too, and are given back, so that their files can follow. Throws
   * AppError("not-found").
   */
  remove(
    runId: string,
    withExports: boolean,
    assertMay: (now: RunWithSteps) => void,
  ): Promise<{ run: RunWithSteps; exports: Export[] }>;
}
