import type { Actor } from "./actor.ts";
import type { Cleaning } from "./cleaning.ts";
import type { Keep, Retention } from "./retention.ts";
import type { StoreSpace } from "./store.ts";

/** What of a data folder takes room. */
export const diskKinds = ["database", "exports", "logs", "apps", "crawls", "copies", "other"] as const;
export type DiskKind = (typeof diskKinds)[number];

/** What a data folder takes on the disk. */
export interface DiskUse {
  /** When it was measured, in milliseconds since 1970. */
  at: number;
  bytes: Readonly<Record<DiskKind, number>>;
  files: Readonly<Record<DiskKind, number>>;
}

/** How much is free on the disk that has the data. */
export interface Room {
  freeBytes: number;
  /** Of the whole disk. */
  totalBytes: number;
  /** Below this nothing new is begun. */
  leastBytes: number;
}

/** From here on it is told, before work stops. */
const lowFactor = 5;

export const isLow = ({ freeBytes, leastBytes }: Room): boolean => freeBytes < lowFactor * leastBytes;
export const isOut = ({ freeBytes, leastBytes }: Room): boolean => freeBytes < leastBytes;

/** What a cleaning would take away of one workflow. */
export interface WouldGo {
  workflowId: string;
  runs: number;
  logs: number;
  exports: number;
  /** Of rows, long lines and files of exports; about. */
  bytes: number;
}

export interface CleaningPlan {
  workflows: readonly WouldGo[];
  /** Files that nothing refers to: how many, their bytes, and the first names. */
  files: number;
  fileBytes: number;
  fileNames: readonly string[];
}

/** The room that all takes, and how it is kept in bounds. */
export interface Storage {
  room(): Promise<Room>;
  /** Measured anew when it is older than a minute. */
  use(): Promise<DiskUse>;
  /** As it was measured last; where that is long ago, it is measured anew meanwhile. Null: not yet. */
  lastUse(): DiskUse | null;
  space(): Promise<StoreSpace>;
  retention(): Promise<Retention>;
  /** Says for how long runs of a workflow are kept, of all others where that is null; a null `keep`: as all others. */
  keep(workflowId: string | null, keep: Keep | null, by: Actor): Promise<void>;
  /** At which hour of the server's own day the nightly cleaning begins. */
  cleanAt(hour: number, by: Actor): Promise<void>;
  /** What a cleaning would take away now. */
  plan(): Promise<CleaningPlan>;
  /** Begins a cleaning. Throws AppError("not-allowed-now") while one is under way. */
  clean(by: Actor): Promise<void>;
  /** The newest first. */
  cleanings(limit: number): Promise<Cleaning[]>;
  /** When the next one begins by itself, in milliseconds since 1970; null: everything is kept, so none does. */
  nextAt(): Promise<number | null>;
}
