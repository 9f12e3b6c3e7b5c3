import type { DoOptions } from "#core/workflow.ts";
import type { Asked } from "#kits/shell-options.ts";

/** A file somewhere. */
export interface FileAt {
  /** The id of the connection to a server; null, or left out: this machine. */
  on?: string | null;
  /** One that does not begin with a slash lies in the home of whoever signs in. */
  path: string;
}

export interface Copied {
  path: string;
  sizeBytes: number;
  /** Of what lies there, hex; the same as that of what it was made from. */
  sha256: string;
}

export interface CopyOptions<I, R> {
  from: (asked: Asked<I, R>) => FileAt;
  to: (asked: Asked<I, R>) => FileAt;
  /** Whether another file in that place may go. Default: the step fails then. */
  replace?: true;
  detail?: (result: Copied) => string;
  weightMs?: number;
}

/**
 * Makes do steps that copy a file between servers and this machine, whole or not at all: with its bytes as progress, going on where it was
 * cut off, and proved by its SHA-256 at both ends. Undone, the copy goes, unless somebody has changed it.
 */
export type Copy = <I, R>(options: CopyOptions<I, R>) => DoOptions<I, R, Copied>;
