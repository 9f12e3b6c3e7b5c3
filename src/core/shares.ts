/** A link by which whoever has it looks at one run. Its secret is kept as sha256 only. */
export interface Share {
  id: string;
  runId: string;
  /** The name of who made it. */
  madeBy: string;
  /** Their id: it ends with them. */
  personId: string;
  createdAt: number;
  expiresAt: number;
  /** When it was first opened; null: not yet. */
  openedAt: number | null;
  /** Whether the file that the run saved can be had by it. */
  files: boolean;
}

export interface ShareTable {
  add(share: Share, secretHash: string): Promise<void>;
  /** Null where there is none, or it has expired. */
  bySecret(secretHash: string, now: number): Promise<Share | null>;
  /** True the first time. */
  opened(id: string, at: number): Promise<boolean>;
  /** Those that have not expired, of one run or of all (null), the newest first. */
  list(runId: string | null, now: number): Promise<Share[]>;
  /** The one that it was; null where there was none. */
  remove(id: string): Promise<Share | null>;
}
