import { z } from "zod";
import { kept } from "#apps/carried.ts";
import { quote } from "#apps/runtime/database.ts";
import { type AppSchema, appSchema } from "#apps/runtime/schema.ts";
import { type Line, LineError, openLine } from "./line.ts";
import { isFenced } from "./schemas.ts";

/** Every row of a table is read at once. */
const longestMs = 600_000;

const found = z.tuple([z.string(), z.string(), z.string()]);
const said = z.looseObject({ schema: appSchema });
const columnsFound = z.array(z.tuple([z.string(), z.string()]));

/**
 * What is wrong with the apps whose tables are in a PostgreSQL, those that were removed and the copies from before changes among them, a sentence
 * each, and how many there are. Each has the tables and columns that it says it has, and every row of them can be read. Nothing is changed.
 */
export const faultsOfSharedApps = (database: string): { apps: number; faults: string[] } => {
  const line = openLine(database, longestMs);
  try {
    const all = line
      .ask([
        {
          sql: `SELECT nspname::text, pg_get_userbyid(nspowner)::text, obj_description(oid, 'pg_namespace') FROM pg_namespace
                WHERE nspname ~ '^(app|gone|copy)_' AND obj_description(oid, 'pg_namespace') IS NOT NULL ORDER BY nspname::text COLLATE "C"`,
          values: [],
        },
      ])
      .rows.map((one) => found.parse(one));
    return { apps: all.length, faults: all.flatMap((one) => faultsOf(line, ...one)) };
  } finally {
    line.close();
  }
};

const faultsOf = (line: Line, schema: string, role: string, text: string): string[] => {
  const app = readSaid(text);
  if (app === null)
    return [
      `The schema ${schema} in PostgreSQL does not say of which app it is: its comment is not as Milepost wrote it.`,
    ];
  const asked = (sql: string, values: readonly unknown[]) =>
    line.ask([
      { sql: `BEGIN READ ONLY${isFenced({ schema, role }) ? `; SET LOCAL ROLE "${role}"` : ""}` },
      { sql, values },
      { sql: "COMMIT" },
    ]).rows;
  const there = columnsFound.parse(
    asked(
      `SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1) AND c.relkind = 'r'`,
      [schema],
    ),
  );
  const columns = new Map(Map.groupBy(there, ([table]) => table));
  const lacking = Object.entries(kept(app).tables).flatMap(([name, table]) => {
    const has = columns.get(name)?.map(([, column]) => column);
    if (has === undefined)
      return [`The schema ${schema} in PostgreSQL lacks the table ${name} of “${app.title}”.`];
    const lacks = ["id", ...Object.keys(table.columns)].filter((column) => !has.includes(column));
    return lacks.length === 0
      ? []
      : [`The table ${name} of “${app.title}” lacks ${lacks.join(", ")} (${schema} in PostgreSQL).`];
  });
  const unreadable = [...columns.keys()].flatMap((name) => {
    try {
      asked(`SELECT count(*) FROM "${schema}".${quote(name)} AS t WHERE length(t::text) < 0`, []);
      return [];
    } catch (error) {
      if (!(error instanceof LineError) || error.code === "away") throw error;
      return [
        `The table ${name} of “${app.title}” cannot be read (${schema} in PostgreSQL): ${error.message}.`,
      ];
    }
  });
  return [...lacking, ...unreadable];
};

const readSaid = (text: string): AppSchema | null => {
  try {
    return said.parse(JSON.parse(text)).schema;
  } catch {
    return null;
  }
};
