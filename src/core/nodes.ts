/** A process that works over a shared database, as that one sees it. */
export interface NodeSeen {
  /** Host, process and a few letters that tell two of them apart. */
  name: string;
  role: string;
  version: string;
  /** Connected since, by the clock of the database. */
  since: number;
  /** For how long nothing was heard of it; one that is well says something every two seconds. Milliseconds. */
  silentMs: number;
  /** How many runs it works on. */
  runs: number;
  /** It takes no more runs until somebody lets it, so that it can be stopped without cutting anything off. */
  isDraining: boolean;
}

/** The processes that share the database. */
export interface Nodes {
  /** What this one of them is called. */
  name: string;
  /** Whoever is connected, the longest first. */
  all(): Promise<NodeSeen[]>;
  /**
   * Has a process take no more runs, or take them again; what it works on goes on until it waits, asks or ends. Throws AppError("not-found") for one
   * that is not there, AppError("not-allowed-now") for one that takes none anyway.
   */
  drain(name: string, on: boolean): Promise<void>;
  /** How many runs were due and had to be put into the queue anew, since this process started. */
  mended(): number;
}
