import { carried, droppedIndexes, indexesOf, isOther, type TablesChange } from "./carried.ts";
import { quote } from "./runtime/database.ts";
import type { Table } from "./runtime/schema.ts";

/**
 * How SQLite changes tables, with foreign keys off. A table is only built anew where SQLite cannot alter it
 * (https://www.sqlite.org/lang_altertable.html).
 */
export const rebuiltSql = (change: TablesChange): string[] => {
  const { from, to, copy, dialect } = change;
  return [
    ...Object.keys(from)
      .filter((name) => to[name] === undefined)
      .map((name) => `DROP TABLE ${quote(name)}`),
    ...Object.entries(to).flatMap(([name, table]) => {
      const before = from[name];
      if (before !== undefined) return changeSql(change, name, before, table);
      const listed = ["id", ...Object.keys(table.columns), "created_at", "updated_at"].map(quote).join(", ");
      const rows = `INSERT INTO ${quote(name)} (rowid, ${listed}) SELECT rowid, ${listed} FROM ${copy}.${quote(name)}`;
      return [dialect.tableSql(name, table), ...(copy === null ? [] : [rows]), ...indexesOf(name, table)];
    }),
  ];
};

const changeSql = (change: TablesChange, name: string, before: Table, after: Table): string[] => {
  const { dialect, copy } = change;
  const all = Object.entries(after.columns);
  const added = all.filter(([id]) => before.columns[id] === undefined);
  const removed = Object.keys(before.columns).filter((id) => after.columns[id] === undefined);
  const rebuilt =
    all.some(([id, column]) => {
      const old = before.columns[id];
      return old !== undefined && isOther(dialect, old, column);
    }) ||
    // SQLite's documentation excludes columns of foreign keys from DROP COLUMN, although it happens to work.
    removed.some((id) => before.columns[id]?.type === "reference") ||
    added.some(([, { required }]) => required || copy !== null);
  const changes = rebuilt
    ? rebuildSql(change, name, before, after)
    : [
        ...removed.map((id) => `ALTER TABLE ${quote(name)} DROP COLUMN ${quote(id)}`),
        ...added.map(
          ([id, column]) => `ALTER TABLE ${quote(name)} ADD COLUMN ${dialect.columnSql(id, column)}`,
        ),
      ];
  // A table that is built anew has no indexes.
  const standing = rebuilt ? [] : indexesOf(name, before);
  const wanted = indexesOf(name, after);
  return [
    ...droppedIndexes(standing.filter((statement) => !wanted.includes(statement))),
    ...changes,
    ...wanted.filter((statement) => !standing.includes(statement)),
  ];
};

const rebuildSql = (
  { from, to, copy, dialect }: TablesChange,
  name: string,
  before: Table,
  after: Table,
): string[] => {
  const scratch = unused({ ...from, ...to });
  const always = ["id", "created_at", "updated_at"].map((id) => [quote(id), `t.${quote(id)}`]);
  const all = Object.entries(after.columns).map(([id, column]) => [
    quote(id),
    carried(name, id, before.columns[id], column, copy),
  ]);
  const [into, values] = [0, 1].map((at) => [...always, ...all].map((pair) => pair[at]).join(", "));
  return [
    dialect.tableSql(scratch, after),
    `INSERT INTO ${quote(scratch)} (rowid, ${into}) SELECT t.rowid, ${values} FROM ${quote(name)} t`,
    `DROP TABLE ${quote(name)}`,
    `ALTER TABLE ${quote(scratch)} RENAME TO ${quote(name)}`,
  ];
};

const unused = (tables: TablesChange["from"]): string => {
  for (let number = 1; ; number++) {
    const name = `rebuilt_${number}`;
    if (tables[name] === undefined) return name;
  }
};
