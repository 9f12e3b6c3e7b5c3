import type { Claimed } from "./store.ts";

/** Brings due runs to workers: each run to exactly one, and again to another when that one died. */
export interface Dispatch {
  /** Something may be due now or sooner than it was known. */
  wake(): void;
  /** Hands due runs to `work`, at most `concurrency` at a time, until stopped. `stop` waits for those under way. */
  take(concurrency: number, work: (claimed: Claimed) => Promise<void>): { stop(): Promise<void> };
}
