/** What a database says of a failure: SQLite by a word, PostgreSQL by a number (its documentation, appendix A). */
const says = (error: unknown, codes: RegExp): boolean =>
  error instanceof Error && "code" in error && codes.test(String(error.code));

/** Whether something failed only because somebody else writes just now. */
export const isBusy = (error: unknown): boolean => says(error, /^(?:SQLITE_BUSY|55P03$)/);

/** Whether something failed because other rows refer to a row. */
export const isReferredTo = (error: unknown): boolean =>
  says(error, /^(?:SQLITE_CONSTRAINT_FOREIGNKEY|23503)$/);
