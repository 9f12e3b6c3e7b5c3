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
}

/** The processes that share the database. */
export interface Nodes {
  /** Whoever is connected, the longest first. */
  all(): Promise<NodeSeen[]>;
  /** How many runs were due and had to be put into the queue anew, since this process started. */
  mended(): number;
}
