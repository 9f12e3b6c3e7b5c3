import type { RunWithSteps } from "./run.ts";
import type { Claimed, Claiming } from "./store.ts";
import type { NotYetRecorded } from "./unrecorded.ts";

/** Who works on runs. */
export interface Worker extends Pick<Claiming, "first"> {
  work(claimed: Claimed): Promise<void>;
  /** Whether it has the workflow of a run; one that it has not is left to others where there are some that may. */
  suits(at: RunWithSteps): Promise<boolean>;
}

/** Brings due runs to workers: each run to exactly one, and again to another when that one died. */
export interface Dispatch {
  /** Something may be due now or sooner than it was known. */
  wake(): void;
  /** Since when no due run can be taken, because the store refuses; null while they can be, and where none is looked for. */
  refused(): NotYetRecorded | null;
  /**
   * Hands due runs to the worker, at most `concurrency` at a time, until stopped. `stop` waits for those under way.
   */
  take(concurrency: number, worker: Worker): { stop(): Promise<void> };
}
