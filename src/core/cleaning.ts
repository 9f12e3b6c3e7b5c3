import type { Retention } from "./retention.ts";

/** What a cleaning took away of one workflow. */
export interface Cleaned {
  workflowId: string;
  runs: number;
  /** Runs that stay without their log. */
  logs: number;
  exports: number;
  /** Of the files of those exports. */
  bytes: number;
}

/** One cleaning. Times are milliseconds since 1970. */
export interface Cleaning {
  id: number;
  at: number;
  /** By whom it was asked for; by Milepost every night. */
  by: string;
  /** Null: it is under way. */
  endedAt: number | null;
  removed: readonly Cleaned[];
  /** Files that nothing referred to, and their bytes. */
  files: number;
  fileBytes: number;
  /** What the database gave back to the disk. */
  freedBytes: number;
  /** Why it ended early; null when it did not. */
  problem: string | null;
}

/** What is counted of a cleaning besides runs. */
export type CleaningPatch = Partial<
  Pick<Cleaning, "endedAt" | "files" | "fileBytes" | "freedBytes" | "problem">
>;

/** What the store keeps of cleanings. */
export interface CleaningTable {
  /** What people said about how long runs are kept; null: nothing yet. */
  retention(): Promise<Retention | null>;
  /** Says it anew, out of what is said now. */
  retain(decide: (now: Retention | null) => Retention): Promise<void>;
  /** Gives its id. */
  begin(at: number, by: string): Promise<number>;
  change(id: number, patch: CleaningPatch): Promise<void>;
  /** The one that has not ended; null: there is none. */
  underWay(): Promise<Cleaning | null>;
  /** The newest first. */
  list(limit: number): Promise<Cleaning[]>;
}

/** How much a cleaning took away, over all workflows. */
export const sumOf = (removed: readonly Cleaned[]): Omit<Cleaned, "workflowId"> => {
  const sum = (of: (one: Cleaned) => number) => removed.reduce((all, one) => all + of(one), 0);
  return {
    runs: sum(({ runs }) => runs),
    logs: sum(({ logs }) => logs),
    exports: sum(({ exports }) => exports),
    bytes: sum(({ bytes }) => bytes),
  };
};
