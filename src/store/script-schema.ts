import type { Columns } from "./dialect.ts";

/** Scripts that people saved: a row for each version. */
export const scriptSchema = ({ table, text, integer, instant, boolean, index, primaryKey }: Columns) => ({
  scripts: table(
    "scripts",
    {
      id: text().notNull(),
      n: integer().notNull(),
      name: text().notNull(),
      about: text().notNull(),
      script: text().notNull(),
      inputs: text().notNull(),
      check: text().notNull(),
      undo: text().notNull(),
      as: text().notNull(),
      minutes: integer().notNull(),
      savedAt: instant().notNull(),
      savedBy: text().notNull(),
      /** The newest of a script that was not removed. */
      isOffered: boolean().notNull(),
    },
    (row) => [
      primaryKey({ columns: [row.id, row.n] }),
      index("scripts_offered").on(row.isOffered, row.name, row.id),
    ],
  ),
});
