import type { AppDatabase, Dialect, Statement } from "./dialect.ts";
import { type AppSchema, entered, identifier, type Table } from "./schema.ts";

const statements = new WeakMap<AppDatabase, Map<string, Statement>>();

/** A statement that is prepared once for a database, for what is asked for every row of a file. */
export const prepared = (db: AppDatabase, sql: string): Statement => {
  const known = statements.get(db) ?? new Map<string, Statement>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare(sql);
  known.set(sql, statement);
  return statement;
};

/** Text as searches compare it: without case, and without accents. */
export const folded = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Diacritic}/gu, "")
    .toLowerCase();

/** A table or column name as SQL. Throws on anything that is no identifier of ours: nothing else ever reaches SQL as a name. */
export const quote = (name: string): string => `"${identifier.parse(name)}"`;

/** The statements that keep a table's unique columns unique. */
export const uniqueSql = (name: string, table: Table): string[] =>
  Object.keys(table.columns)
    .filter((id) => table.columns[id]?.unique)
    .map((id) => `CREATE UNIQUE INDEX IF NOT EXISTS ${index(name, id)} ON ${quote(name)} (${quote(id)})`);

/** The statements that make references, filters, the board and the order of a list quick. */
export const indexSql = (name: string, table: Table): string[] =>
  [
    ...entered(table)
      .filter(
        ([id, { unique, type }]) =>
          !unique && (type === "reference" || table.filters.includes(id) || table.board === id),
      )
      .map(([id]) => id),
    "created_at",
  ].map((id) => `CREATE INDEX IF NOT EXISTS ${index(name, id)} ON ${quote(name)} (${quote(id)})`);

/** The name of an index, quoted. The full stop keeps pairs such as (a_b, c) and (a, b_c) apart. */
export const index = (table: string, column: string): string =>
  `"${identifier.parse(table)}.${identifier.parse(column)}"`;

/** The statements that make all tables of a schema, those that are there aside. */
export const tablesSql = (dialect: Dialect, { tables }: Pick<AppSchema, "tables">): string[] => {
  const all = Object.entries(tables);
  return [
    ...all.flatMap(([name, table]) => [dialect.tableSql(name, table), ...uniqueSql(name, table)]),
    ...all.flatMap(([name, table]) => dialect.referencesSql(name, table)),
  ];
};

/** Makes all tables of a checked schema that are not there yet, in one commit. */
export const createTables = (db: AppDatabase, schema: AppSchema): void =>
  db.transaction(() => {
    for (const statement of tablesSql(db.dialect, schema)) db.exec(statement);
  })();

/** Does work, and takes all of it back where it says that it is not to be kept; what it found out is told in any case. */
export const keptIf = <T>(db: AppDatabase, work: () => { found: T; isKept: boolean }): T => {
  let done: { found: T } | null = null;
  try {
    db.transaction(() => {
      const { found, isKept } = work();
      done = { found };
      if (!isKept) throw takenBack;
    }).immediate();
  } catch (error) {
    if (error !== takenBack) throw error;
  }
  if (done === null) throw new Error("The work did not end.");
  return (done as { found: T }).found;
};

const takenBack = new Error("taken back");

/** Makes the indexes that lists need, of a checked schema as far as they are not there yet, in one commit. */
export const createIndexes = (db: AppDatabase, schema: AppSchema): void =>
  db.transaction(() => {
    for (const [name, table] of Object.entries(schema.tables))
      for (const statement of indexSql(name, table)) db.exec(statement);
  })();
