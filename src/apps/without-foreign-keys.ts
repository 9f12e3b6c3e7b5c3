import { AppError } from "#core/errors.ts";
import type { SqliteApp } from "./runtime/sqlite.ts";

/** Changes a file's tables in one commit, in which references are only looked at when all is done. Throws AppError("conflict") where one leads nowhere. */
export const withoutForeignKeys = <T>(db: SqliteApp, change: () => T): T => {
  // Inside a transaction this pragma does nothing, hence before it.
  db.pragma("foreign_keys = OFF");
  try {
    return db
      .transaction(() => {
        const changed = change();
        const [broken] = db.pragma("foreign_key_check") as { table: string }[];
        if (broken !== undefined)
          throw new AppError(
            "conflict",
            `Rows of “${broken.table}” would point to rows that are gone, so nothing was changed.`,
          );
        return changed;
      })
      .immediate();
  } finally {
    db.pragma("foreign_keys = ON");
  }
};
