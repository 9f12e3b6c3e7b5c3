import type { LookedProgress } from "#core/step.ts";

/** What a program's line tells of how far it is. `total` null: it cannot tell. */
export type Told = LookedProgress;

/** What is read of one line. */
export interface Reading {
  told: Told;
  /** Handed back at the next line; JSON. */
  memory?: unknown;
  /** The line is for programs only, so it is not shown; or it is an ordinary one besides. Else it is one of many rows that tell no more. */
  line?: "hidden" | "ordinary";
}

/**
 * Reads how far a program is from what it writes: one line, without its end and without colours, what was read last of this program, and
 * the memory that came with it. Null: the line says nothing of that. It keeps nothing itself, so it goes on after a crash.
 */
export interface ProgressReader {
  read(line: string, before: Told | null, memory: unknown): Reading | null;
}

/** How far it is as the size of a file that grows: anything that writes one file can be followed so. Jobs only. */
export interface FileGrows {
  /** An absolute path on the machine where it runs. */
  path: string;
  /** How large it will be; null: not known. */
  totalBytes: number | null;
}

export type ReadsProgress = ProgressReader | FileGrows;

export const isFileGrowing = (reads: ReadsProgress): reads is FileGrows => "path" in reads;

/** A reader of what a pattern finds: `tell` makes of its groups what is told. */
export const byPattern = (
  pattern: RegExp,
  tell: (groups: readonly string[], before: Told | null) => Told | null,
  as: Pick<Reading, "line"> = {},
): ProgressReader => {
  // One that remembers where it was would find every other line only.
  const stateless = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  return {
    read: (line, before) => {
      const found = stateless.exec(line);
      const told = found === null ? null : tell(found.slice(1), before);
      return told === null ? null : { told, ...as };
    },
  };
};

/** "1,234,567" and "12" as numbers. */
export const numberIn = (text = ""): number => Number(text.replaceAll(",", ""));

export const percentDone = (percent: number, what: string): Told => ({
  done: Math.min(100, percent),
  total: 100,
  what,
});
