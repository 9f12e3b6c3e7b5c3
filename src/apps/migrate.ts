import { type AppDatabase, columnSql, indexSql, quote, tableSql, uniqueSql } from "./runtime/database.ts";
import { type AppSchema, type Column, digitsOf, entered, type Table } from "./runtime/schema.ts";

/** As what the copy of the data from before a change is attached while the change is undone. */
export const copyName = "copy";

/**
 * The SQL statements that turn the tables of one checked schema into those of another, in order; they are run in one transaction with
 * foreign keys off. Every name is a checked, quoted identifier and there are no values but numbers, so that the statements can be shown
 * exactly as they run. A table is only built anew where SQLite cannot alter it (https://www.sqlite.org/lang_altertable.html). `fromCopy`: the way
 * back, on which what was lost comes from the copy that is attached; rows and values that came since stay.
 */
export const migrationSql = (before: AppSchema, after: AppSchema, fromCopy = false): string[] => {
  const [from, to] = [kept(before), kept(after)];
  return [
    ...Object.keys(from.tables)
      .filter((name) => to.tables[name] === undefined)
      .map((name) => `DROP TABLE ${quote(name)}`),
    ...Object.entries(to.tables).flatMap(([name, table]) => {
      const before = from.tables[name];
      if (before !== undefined)
        return changeSql({ name, before, after: table, tables: { ...from.tables, ...to.tables }, fromCopy });
      const listed = ["id", ...Object.keys(table.columns), "created_at", "updated_at"].map(quote).join(", ");
      const rows = `INSERT INTO ${quote(name)} (rowid, ${listed}) SELECT rowid, ${listed} FROM ${copyName}.${quote(name)}`;
      return [tableSql(name, table), ...(fromCopy ? [rows] : []), ...indexesOf(name, table)];
    }),
  ];
};

/** An app as far as SQLite keeps it: what is computed is nowhere. */
export const kept = (schema: AppSchema): AppSchema => ({
  ...schema,
  tables: Object.fromEntries(
    Object.entries(schema.tables).map(([name, table]) => [
      name,
      { ...table, columns: Object.fromEntries(entered(table)) },
    ]),
  ),
});

interface TableChange {
  name: string;
  before: Table;
  after: Table;
  /** All names that are taken. */
  tables: AppSchema["tables"];
  fromCopy: boolean;
}

const changeSql = ({ name, before, after, tables, fromCopy }: TableChange): string[] => {
  const all = Object.entries(after.columns);
  const added = all.filter(([id]) => before.columns[id] === undefined);
  const removed = Object.keys(before.columns).filter((id) => after.columns[id] === undefined);
  const rebuilt =
    all.some(([id, column]) => {
      const old = before.columns[id];
      return old !== undefined && isOther(old, column);
    }) ||
    // SQLite's documentation excludes columns of foreign keys from DROP COLUMN, although it happens to work.
    removed.some((id) => before.columns[id]?.type === "reference") ||
    added.some(([, { required }]) => required || fromCopy);
  const changes = rebuilt
    ? rebuildSql({ name, before, after, tables, fromCopy })
    : [
        ...removed.map((id) => `ALTER TABLE ${quote(name)} DROP COLUMN ${quote(id)}`),
        ...added.map(([id, column]) => `ALTER TABLE ${quote(name)} ADD COLUMN ${columnSql(id, column)}`),
      ];
  // A table that is built anew has no indexes.
  const standing = rebuilt ? [] : indexesOf(name, before);
  const wanted = indexesOf(name, after);
  return [
    ...dropped(standing.filter((statement) => !wanted.includes(statement))),
    ...changes,
    ...wanted.filter((statement) => !standing.includes(statement)),
  ];
};

/**
 * What a column will hold, as SQL over the table `t` as it is: its values as they are, or as the new type holds them where they fit. With `fromCopy` what
 * it held before, unless somebody has changed it since.
 */
export const carried = (
  table: string,
  id: string,
  before: Column | undefined,
  after: Column,
  fromCopy = false,
): string => {
  const here = `t.${quote(id)}`;
  const copied = `(SELECT b.${quote(id)} FROM ${copyName}.${quote(table)} b WHERE b."id" = t."id")`;
  if (before === undefined) return fromCopy ? copied : "NULL";
  const now = fitted(before, after, here);
  return fromCopy && now !== here
    ? `CASE WHEN ${here} IS ${fitted(after, before, copied)} THEN ${copied} ELSE ${now} END`
    : now;
};

const fitted = (before: Column, after: Column, sql: string): string => {
  if (before.type === after.type && digitsOf(before) <= digitsOf(after)) return sql;
  return before.type === "reference" ? "NULL" : `fitted('${after.type}', ${digitsOf(after)}, ${sql})`;
};

/** Whether SQLite has to keep a column otherwise than before. Uniqueness is an index. */
const isOther = (before: Column, after: Column): boolean =>
  before.type !== after.type ||
  fitted(before, after, "x") !== "x" ||
  columnSql("x", before) !== columnSql("x", after);

const rebuildSql = ({ name, before, after, tables, fromCopy }: TableChange): string[] => {
  const scratch = unused(tables);
  const always = ["id", "created_at", "updated_at"].map((id) => [quote(id), `t.${quote(id)}`]);
  const all = Object.entries(after.columns).map(([id, column]) => [
    quote(id),
    carried(name, id, before.columns[id], column, fromCopy),
  ]);
  const [into, values] = [0, 1].map((at) => [...always, ...all].map((pair) => pair[at]).join(", "));
  return [
    tableSql(scratch, after),
    `INSERT INTO ${quote(scratch)} (rowid, ${into}) SELECT t.rowid, ${values} FROM ${quote(name)} t`,
    `DROP TABLE ${quote(name)}`,
    `ALTER TABLE ${quote(scratch)} RENAME TO ${quote(name)}`,
  ];
};

const unused = (tables: AppSchema["tables"]): string => {
  for (let number = 1; ; number++) {
    const name = `rebuilt_${number}`;
    if (tables[name] === undefined) return name;
  }
};

/** The statements that make all indexes of a table. */
const indexesOf = (name: string, table: Table): string[] => [
  ...uniqueSql(name, table),
  ...indexSql(name, table),
];

const dropped = (statements: readonly string[]): string[] =>
  statements.map((statement) =>
    statement.replace(/^CREATE (?:UNIQUE )?INDEX IF NOT EXISTS ("[^"]+").*$/s, "DROP INDEX IF EXISTS $1"),
  );

/** Runs a migration on a database, inside the caller's transaction. */
export const applyMigration = (db: AppDatabase, from: AppSchema, to: AppSchema, fromCopy = false): void => {
  for (const statement of migrationSql(from, to, fromCopy)) db.exec(statement);
};
