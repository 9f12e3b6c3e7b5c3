import type { RunWithSteps } from "./run.ts";
import type { Claimed } from "./store.ts";
import type { NotYetRecorded } from "./unrecorded.ts";

/** Brings due runs to workers: each run to exactly one, and again to another when that one died. */
export interface Dispatch {
  /** Something may be due now or sooner than it was known. */
  wake(): void;
  /** Since when no due run can be taken, because the store refuses; null while they can be, and where none is looked for. */
  refused(): NotYetRecorded | null;
  /**
   * Hands due runs to `work`, at most `concurrency` at a time, until stopped. `stop` waits for those under way. `suits`: whether this worker has the
   * workflow of a run; one that it has not is left to others where there are some that may.
   */
  take(
    concurrency: number,
    work: (claimed: Claimed) => Promise<void>,
    suits?: (at: RunWithSteps) => Promise<boolean>,
  ): { stop(): Promise<void> };
}
