import { AppError } from "./errors.ts";

/** What happened and could not be written down yet, by run: for the page, which cannot learn it from the store. */
export interface NotYetRecorded {
  since: number;
  because: string;
}

/** By run; `of` tells what is known of one, with all that no worker can take up meanwhile. */
export interface Unrecorded extends Map<string, NotYetRecorded> {
  of(runId: string): NotYetRecorded | null;
}

/** `refused`: since when no due run can be taken. */
export const createUnrecorded = (refused: () => NotYetRecorded | null): Unrecorded => {
  const ofRuns = new Map<string, NotYetRecorded>();
  return Object.assign(ofRuns, { of: (runId: string) => ofRuns.get(runId) ?? refused() });
};

/** Why the store refuses to write, for people. */
export const refusedBecause = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : "The database could not be written; the server's log has the details.";
