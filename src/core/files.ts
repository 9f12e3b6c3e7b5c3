import type { Readable } from "node:stream";

/** Where saved files live: on a disk, or on a server that all nodes see. Names are relative, made of safe parts; a name that would leave the folder is refused. */
export interface Files {
  /** An absolute local path to write to; its folder is there. Throws AppError("bad-input") for a name that leaves the folder. */
  place(name: string): Promise<string>;
  /**
   * What was written at `place(name)` is complete: from now on it is there for every node. May be said again. Throws AppError("not-found") where
   * nothing was written, AppError("unreachable", "remote-failed").
   */
  keep(name: string, signal?: AbortSignal): Promise<void>;
  /** Size in bytes, or null when there is no such file. */
  size(name: string): Promise<number | null>;
  /** Bytes from `start` to `end`, both included. */
  open(name: string, start: number, end: number): Readable;
  /** The file, or a folder with all that is in it. */
  remove(name: string): Promise<void>;
  freeBytes(): Promise<number>;
  /** Null where what lies at `place` is all there is of a file that is being fetched. */
  pieces: Pieces | null;
}

/**
 * What is there already of files that are being fetched, in pieces that every node sees, so that another one goes on behind them. Names are
 * "what/…/piece". All throw AppError("unreachable") while the place is away.
 */
export interface Pieces {
  /** Of each piece: two nodes that cut the same file get the same pieces. */
  bytes: number;
  /** Writes over what has the name. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Null where there is none. */
  get(name: string): Promise<Uint8Array | null>;
  /** What there is of one file: names as they were put, and their size in bytes. */
  list(what: string): Promise<ReadonlyMap<string, number>>;
  /** All of one file. */
  remove(what: string): Promise<void>;
  /** What was put before then, in milliseconds since 1970: nobody has gone on with it. */
  removeOlder(than: number): Promise<void>;
}

/** Lines of logs that are too long to be read, kept whole for those who take the log with them. */
export interface LongLines {
  /** Gives the name by which it is read again. */
  keep(runId: string, text: string): Promise<string>;
  /** Null when it is no longer there. */
  read(name: string): Promise<string | null>;
  /** Removes all that was kept of a run. */
  forget(runId: string): Promise<void>;
}
