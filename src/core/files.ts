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
