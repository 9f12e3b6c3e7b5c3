import { AppError } from "./errors.ts";

/** What happened and could not be written down yet, by run: for the page, which cannot learn it from the store. */
export interface NotYetRecorded {
  since: number;
  because: string;
}

/** What is known of it, of each run and of all that no worker can take up meanwhile. */
export interface Unrecorded {
  of(runId: string): NotYetRecorded | null;
  has(runId: string): boolean;
  set(runId: string, what: NotYetRecorded): void;
  delete(runId: string): void;
}

/** `refused`: since when no due run can be taken. */
export const createUnrecorded = (refused: () => NotYetRecorded | null): Unrecorded => {
  const ofRuns = new Map<string, NotYetRecorded>();
  return {
    of: (runId) => ofRuns.get(runId) ?? refused(),
    has: (runId) => ofRuns.has(runId),
    set: (runId, what) => void ofRuns.set(runId, what),
    delete: (runId) => void ofRuns.delete(runId),
  };
};

/** Why the store refuses to write, for people. */
export const refusedBecause = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : "The database could not be written; the server's log has the details.";
