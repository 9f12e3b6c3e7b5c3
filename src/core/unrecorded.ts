import { AppError } from "./errors.ts";

/** What happened and could not be written down yet, by run: for the page, which cannot learn it from the store. */
export interface NotYetRecorded {
  since: number;
  because: string;
}

export type Unrecorded = Map<string, NotYetRecorded>;

/** Why the store refuses to write, for people. */
export const refusedBecause = (error: unknown): string =>
  error instanceof AppError
    ? error.message
    : "The database could not be written; the server's log has the details.";
