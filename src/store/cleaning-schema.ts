import type { Columns } from "./dialect.ts";

/** The tables of what is taken away: which numbers were given, what was said about it, and what cleanings did. */
export const cleaningSchema = ({
  table,
  text,
  counter,
  integer,
  instant,
  json,
  index,
  primaryKey,
}: Columns) => {
  const cleanings = table(
    "cleanings",
    {
      id: counter().primaryKey(),
      at: instant().notNull(),
      by: text().notNull(),
      endedAt: instant(),
      files: integer().notNull().default(0),
      fileBytes: integer().notNull().default(0),
      freedBytes: integer().notNull().default(0),
      problem: text(),
    },
    (row) => [index("cleanings_end").on(row.endedAt)],
  );
  return {
    /** The highest number of a run that was deleted: none is given twice. */
    deletedNumbers: table("deleted_numbers", {
      workflowId: text().primaryKey(),
      highest: integer().notNull(),
    }),
    /** What people said on the pages of settings, by name. */
    settings: table("settings", { name: text().primaryKey(), value: json<unknown>().notNull() }),
    cleanings,
    /** What each took away of which workflow, counted in the commit that took it away. */
    cleaned: table(
      "cleaned",
      {
        cleaningId: integer()
          .notNull()
          .references(() => cleanings.id, { onDelete: "cascade" }),
        workflowId: text().notNull(),
        runs: integer().notNull(),
        logs: integer().notNull(),
        exports: integer().notNull(),
        bytes: integer().notNull(),
      },
      (row) => [primaryKey({ columns: [row.cleaningId, row.workflowId] })],
    ),
  };
};
