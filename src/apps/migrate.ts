import { type AppDatabase, columnSql, indexSql, quote, tableSql, uniqueSql } from "./runtime/database.ts";
import { type AppSchema, type Column, entered, type Table } from "./runtime/schema.ts";

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
export const migrationSql = (before: AppSchema, after: AppSchema, renames: Renames = noRenames): string[] => {
  const [from, to] = [kept(before), kept(after)];
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

/** What a column was, as SQL of what it will be: its values as they are, or as the new type holds them, where they fit. */
export const carried = (old: string, before: Column | undefined, after: Column): string => {
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
