import type { RunState } from "./states.ts";

/**
 * Where an export stands. `ready`: the file is saved here and checked. `doubted`: it is saved here, but holds other than it should, and a
 * person has to say whether it is kept.
 */
export const exportStatuses = [
  "creating",
  "created",
  "processing",
  "done",
  "downloading",
  "doubted",
  "ready",
  "failed",
  "deleted",
] as const;
export type ExportStatus = (typeof exportStatuses)[number];

/** A status after which the query is free for a new export. */
export const frees = (status: ExportStatus): boolean => status === "failed" || status === "deleted";

/** A row of the export registry: a remote job, its status, its download address, and the file we saved. */
export interface Export {
  id: string;
  provider: string;
  connectionId: string;
  org: string;
  project: string;
  analysis: string;
  title: string;
  /** sha256 of the whole canonical query, of org and project too. */
  queryHash: string;
  /** The request that made the job, without any secret. */
  query: unknown;
  status: ExportStatus;
  /** The other side's own word for it. */
  remoteStatus: string | null;
  jobId: string | null;
  jobUrl: string | null;
  downloadUrl: string | null;
  /** The run that drives it; others that want the same join and watch. */
  ownerRunId: string;
  /** The workflow of the run that made it; it holds when that run is gone. Empty where the run was gone before this was kept. */
  workflowId: string;
  /** Relative to the folder of exports. */
  filePath: string | null;
  fileName: string | null;
  sizeBytes: number | null;
  rows: number | null;
  expectedRows: number | null;
  sha256: string | null;
  header: readonly string[] | null;
  /** The first rows, long cells cut. */
  preview: readonly (readonly string[])[] | null;
  error: string | null;
  createdAt: number;
  /** When the job was posted; null before. */
  postedAt: number | null;
  readyAt: number | null;
  deletedAt: number | null;
  updatedAt: number;
}

export type NewExport = Pick<
  Export,
  | "provider"
  | "connectionId"
  | "org"
  | "project"
  | "analysis"
  | "title"
  | "queryHash"
  | "query"
  | "expectedRows"
>;

export type ExportPatch = Partial<
  Omit<Export, "id" | "createdAt" | "updatedAt" | "queryHash" | "connectionId" | "workflowId">
>;

export interface ExportFilter {
  /** Words that title, file name, analysis or organisation have in them, all of them, whatever their case. */
  search?: string;
  status?: ExportStatus;
  /** The workflows whose exports are not there for whoever asks. */
  hidden?: readonly string[];
  /** What the page before gave as `next`. */
  after?: string;
  limit: number;
}

/** The registry. Of one query there is at most one export that is neither failed, nor deleted, nor replaced by "export anew". */
export interface ExportRegistry {
  /**
   * The export of this query: the one that is there, or a new row written before anything is asked of the other side.
   * "Export anew" gives `notBefore`: a row made earlier than that (milliseconds since 1970) is replaced by a new one.
   */
  reserve(want: NewExport, runId: string, notBefore: number | null): Promise<{ row: Export; made: boolean }>;
  get(id: string): Promise<Export | null>;
  /** The export of this query that is neither failed nor deleted nor replaced. */
  current(connectionId: string, queryHash: string): Promise<Export | null>;
  /** Changes the row only while `runId` owns it; throws AppError("conflict") otherwise. Failing and deleting free the query. */
  update(id: string, runId: string, patch: ExportPatch): Promise<Export>;
  /** The owner and its run's state; the run may be gone. */
  owner(id: string): Promise<{ runId: string; state: RunState | null }>;
  /** Takes the export over from a run that no longer drives it; false when somebody else was faster. */
  takeOver(id: string, fromRunId: string, toRunId: string): Promise<boolean>;
  /** Marks the file as deleted and forgets its path. */
  markDeleted(id: string): Promise<Export>;
  /** Newest first, paged by key. */
  list(filter: ExportFilter): Promise<{ rows: Export[]; next: string | null }>;
  /** Of these analyses of a project those of which a file is here, for marking what was downloaded before. */
  saved(at: Pick<Export, "connectionId" | "org" | "project">, analyses: readonly string[]): Promise<string[]>;
}
