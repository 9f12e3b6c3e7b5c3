import { type AppDatabase, columnSql, indexSql, quote, tableSql, uniqueSql } from "./runtime/database.ts";
import type { AppSchema, Column, Table } from "./runtime/schema.ts";

/** What is the same thing under another name, new name → old name. Whatever is not listed keeps its name. */
export interface Renames {
  tables: Readonly<Record<string, string>>;
  /** By the table's new name. */
  columns: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const noRenames: Renames = { tables: {}, columns: {} };

/** The same renames seen from the other side, for going back. */
export const inverse = ({ tables, columns }: Renames): Renames => ({
  tables: turned(tables),
  columns: Object.fromEntries(
    Object.entries(columns).map(([table, names]) => [tables[table] ?? table, turned(names)]),
  ),
});

const turned = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([now, before]) => [before, now]));

/**
 * The SQL statements that turn the tables of one checked schema into those of another, in order; they are run in one transaction with
 * foreign keys off. Every name is a checked, quoted identifier and there are no values but numbers, so that the statements can be shown
 * exactly as they run. A table is only built anew where SQLite cannot alter it (https://www.sqlite.org/lang_altertable.html).
 */
export const migrationSql = (from: AppSchema, to: AppSchema, renames: Renames = noRenames): string[] => {
  const oldNames = new Set(Object.keys(to.tables).map((name) => renames.tables[name] ?? name));
  const gone = Object.keys(from.tables).filter((name) => !oldNames.has(name));
  const renamed = Object.entries(renames.tables).filter(
    ([now, before]) => now !== before && to.tables[now] !== undefined && from.tables[before] !== undefined,
  );
  return [
    ...gone.map((name) => `DROP TABLE ${quote(name)}`),
    ...renamed.flatMap(([now, before]) => [
      ...dropped(from.tables[before] === undefined ? [] : indexesOf(before, from.tables[before])),
      `ALTER TABLE ${quote(before)} RENAME TO ${quote(now)}`,
    ]),
    ...Object.entries(to.tables).flatMap(([name, table]) => {
      const before = from.tables[renames.tables[name] ?? name];
      return before === undefined
        ? [tableSql(name, table), ...indexesOf(name, table)]
        : changeSql({ name, before, after: table, renames, tables: { ...from.tables, ...to.tables } });
    }),
  ];
};

interface TableChange {
  name: string;
  before: Table;
  after: Table;
  renames: Renames;
  /** All names that are taken. */
  tables: AppSchema["tables"];
}

const changeSql = ({ name, before, after, renames, tables }: TableChange): string[] => {
  const names = renames.columns[name] ?? {};
  const oldName = (id: string): string => names[id] ?? id;
  const kept = Object.keys(after.columns).filter((id) => before.columns[oldName(id)] !== undefined);
  const keptBefore = new Set(kept.map(oldName));
  const added = Object.entries(after.columns).filter(([id]) => !kept.includes(id));
  const removed = Object.keys(before.columns).filter((id) => !keptBefore.has(id));
  const same = (a: Column, b: Column | undefined): boolean =>
    b !== undefined && stored(a, renames) === stored(b, noRenames);
  const rebuilt =
    kept.some((id) => {
      const column = after.columns[id];
      return column !== undefined && !same(column, before.columns[oldName(id)]);
    }) ||
    // SQLite's documentation excludes columns of foreign keys from DROP COLUMN, although it happens to work.
    removed.some((id) => before.columns[id]?.type === "reference") ||
    added.some(([, { required }]) => required);
  const changes = rebuilt
    ? rebuildSql({ name, before, after, kept, oldName, scratch: unused(tables) })
    : [
        ...kept
          .filter((id) => oldName(id) !== id)
          .map((id) => `ALTER TABLE ${quote(name)} RENAME COLUMN ${quote(oldName(id))} TO ${quote(id)}`),
        ...removed.map((id) => `ALTER TABLE ${quote(name)} DROP COLUMN ${quote(id)}`),
        ...added.map(([id, column]) => `ALTER TABLE ${quote(name)} ADD COLUMN ${columnSql(id, column)}`),
      ];
  // A table that is built anew has no indexes, and one that was renamed has lost them on the way.
  const standing = rebuilt || renames.tables[name] !== undefined ? [] : indexesOf(name, before);
  const wanted = indexesOf(name, after);
  return [
    ...dropped(standing.filter((statement) => !wanted.includes(statement))),
    ...changes,
    ...wanted.filter((statement) => !standing.includes(statement)),
  ];
};

/** What a column was, as it will be: its values as they are, or as the new type holds them, where they fit. */
const carried = (old: string, before: Column | undefined, after: Column): string => {
  if (before === undefined || before.type === after.type) return quote(old);
  return before.type === "reference" ? "NULL" : `fitted('${after.type}', ${quote(old)})`;
};

/** What SQLite keeps of a column. Uniqueness is an index. */
const stored = ({ type, required, to }: Column, renames: Renames): string =>
  `${type} ${columnSql("x", { type, required, label: "x", unique: false })} ${to === undefined ? "" : (renames.tables[to] ?? to)}`;

const rebuildSql = ({
  name,
  before,
  after,
  kept,
  oldName,
  scratch,
}: {
  name: string;
  before: Table;
  after: Table;
  kept: readonly string[];
  oldName(id: string): string;
  scratch: string;
}): string[] => {
  const always = ["id", "created_at", "updated_at"];
  const values = kept.flatMap((id) => {
    const column = after.columns[id];
    return column === undefined ? [] : [carried(oldName(id), before.columns[oldName(id)], column)];
  });
  return [
    tableSql(scratch, after),
    `INSERT INTO ${quote(scratch)} (rowid, ${[...always, ...kept].map(quote).join(", ")}) SELECT rowid, ${[...always.map(quote), ...values].join(", ")} FROM ${quote(name)}`,
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
export const applyMigration = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  renames: Renames = noRenames,
): void => {
  for (const statement of migrationSql(from, to, renames)) db.exec(statement);
};

/** What is lost for good when a database goes from one schema to another, counted in it now, a sentence each. Empty: nothing. */
export const lossOf = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  renames: Renames = noRenames,
): string[] => {
  const newNames = inverse(renames).tables;
  return Object.entries(from.tables).flatMap(([name, table]) => {
    const now = newNames[name] ?? name;
    const after = to.tables[now];
    if (after === undefined) {
      const rows = count(db, `SELECT count(*) FROM ${quote(name)}`);
      return rows === 0 ? [] : [`The table “${table.title}” goes with its ${rowsOf(rows)}.`];
    }
    const names = renames.columns[now] ?? {};
    const kept = new Map(Object.entries(after.columns).map(([id, column]) => [names[id] ?? id, column]));
    return Object.entries(table.columns)
      .filter(([id]) => !kept.has(id))
      .flatMap(([id, { label }]) => {
        const rows = count(
          db,
          `SELECT count(*) FROM ${quote(name)} WHERE ${quote(id)} IS NOT NULL AND ${quote(id)} <> ''`,
        );
        return rows === 0
          ? []
          : [
              `The column “${label}” of “${table.title}” goes with what ${rowsOf(rows)} say${rows === 1 ? "s" : ""} in it.`,
            ];
      })
      .concat([...kept].flatMap(([id, column]) => unfitting(db, name, table, id, column)));
  });
};

const mostShown = 5;

/** The values that a column's new type cannot hold, a sentence with some of them. */
const unfitting = (db: AppDatabase, name: string, { title, columns }: Table, id: string, column: Column) => {
  const before = columns[id];
  if (before === undefined || before.type === column.type) return [];
  const lost = `FROM ${quote(name)} WHERE ${quote(id)} IS NOT NULL AND ${carried(id, before, column)} IS NULL`;
  const values = count(db, `SELECT count(*) ${lost}`);
  if (values === 0) return [];
  const shown = db
    .prepare(`SELECT DISTINCT ${quote(id)} ${lost} LIMIT ${mostShown}`)
    .pluck()
    .all();
  const some = shown.map((value) => `“${String(value).slice(0, 40)}”`).join(", ");
  return [
    `${values === 1 ? "1 value" : `${values.toLocaleString("en")} values`} of “${before.label}” in “${title}” cannot be kept as ${column.type} and will be empty: ${some}${values > shown.length ? ", …" : ""}.`,
  ];
};

/** How many rows have no value in columns that must have one from now on, a sentence each. Such a migration cannot run. */
export const unfilled = (
  db: AppDatabase,
  from: AppSchema,
  to: AppSchema,
  renames: Renames = noRenames,
): string[] =>
  Object.entries(to.tables).flatMap(([name, after]) => {
    const before = renames.tables[name] ?? name;
    const table = from.tables[before];
    if (table === undefined) return [];
    return Object.entries(after.columns)
      .filter(([, { required }]) => required)
      .flatMap(([id, column]) => {
        const { label } = column;
        const oldId = renames.columns[name]?.[id] ?? id;
        const old = table.columns[oldId];
        const where = old === undefined ? "" : ` WHERE ${carried(oldId, old, column)} IS NULL`;
        const rows = count(db, `SELECT count(*) FROM ${quote(before)}${where}`);
        return rows === 0
          ? []
          : [
              `“${label}” of “${after.title}” must be filled in from now on, but ${rowsOf(rows)} ${rows === 1 ? "has" : "have"} nothing there.`,
            ];
      });
  });

const count = (db: AppDatabase, sql: string): number => Number(db.prepare(sql).pluck().get());

const rowsOf = (rows: number): string => (rows === 1 ? "1 row" : `${rows.toLocaleString("en")} rows`);
