import { carried, droppedIndexes, indexesOf, isOther, type TablesChange } from "./carried.ts";
import { withoutReference } from "./postgres/dialect.ts";
import { quote } from "./runtime/database.ts";
import type { Column, Table } from "./runtime/schema.ts";

/** How PostgreSQL changes tables: each stays what it is, and what refers to rows is checked by the statements that say so. */
export const alteredSql = ({ from, to, copy, dialect }: TablesChange): string[] => {
  const gone = Object.keys(from).filter((name) => to[name] === undefined);
  const references = (tables: TablesChange["from"]) =>
    Object.entries(tables).flatMap(([name, table]) =>
      dialect.referencesSql(name, table).map((sql) => ({ name, sql })),
    );
  const standing = references(from);
  const wanted = references(to);
  // A column that becomes another one loses what it refers to with itself.
  const isStanding = ({ name, sql }: { name: string; sql: string }) =>
    standing.some((one) => one.name === name && one.sql === sql) && !isNew(from[name], to[name], sql);
  const isNew = (before: Table | undefined, after: Table | undefined, sql: string) =>
    Object.entries(after?.columns ?? {}).some(
      ([id, column]) => sql.includes(`FOREIGN KEY (${quote(id)})`) && isReplaced(before?.columns[id], column),
    );
  return [
    ...standing
      .filter(({ name, sql }) => gone.includes(name) || !wanted.some((one) => one.sql === sql))
      .map(({ sql }) => withoutReference(sql)),
    ...(gone.length === 0 ? [] : [`DROP TABLE ${gone.map(quote).join(", ")}`]),
    ...Object.entries(to).flatMap(([name, table]) => {
      const before = from[name];
      if (before !== undefined) return changeSql({ from, to, copy, dialect }, name, before, table);
      return [
        dialect.tableSql(name, table),
        ...(copy === null ? [] : rowsOf(copy, name, table)),
        ...indexesOf(name, table),
      ];
    }),
    ...wanted.filter((one) => !isStanding(one)).map(({ sql }) => sql),
  ];
};

/** The rows of a table as the copy has them, each in its place; what comes next comes behind them. */
const rowsOf = (copy: string, name: string, table: Table): string[] => {
  const listed = ["id", ...Object.keys(table.columns), "created_at", "updated_at"].map(quote).join(", ");
  return [
    `INSERT INTO ${quote(name)} (rowid, ${listed}) SELECT rowid, ${listed} FROM ${copy}.${quote(name)}`,
    `SELECT setval(pg_get_serial_sequence('${quote(name)}', 'rowid'), max(rowid)) FROM ${quote(name)}`,
  ];
};

const isReplaced = (before: Column | undefined, after: Column): boolean =>
  before === undefined || carried("t", "x", before, after) !== `t."x"`;

const changeSql = ({ copy, dialect }: TablesChange, name: string, before: Table, after: Table): string[] => {
  const alter = (what: string) => `ALTER TABLE ${quote(name)} ${what}`;
  const all = Object.entries(after.columns);
  const free = (column: Column): Column => ({ ...column, required: false });
  const replaced = all.filter(([id, column]) => isReplaced(before.columns[id], column));
  const isAdded = (id: string) => before.columns[id] === undefined;
  const passing = (id: string) => `_${quote(id).slice(1, -1)}`;
  const standing = indexesOf(name, before);
  const wanted = indexesOf(name, after);
  const needed = (id: string) => after.columns[id]?.required === true;
  return [
    ...droppedIndexes(standing.filter((statement) => !wanted.includes(statement))),
    ...replaced.flatMap(([id, column]) => {
      const into = isAdded(id) ? quote(id) : `"${passing(id)}"`;
      const typed = dialect.columnSql("x", free(column)).slice(`"x" `.length);
      return [
        alter(`ADD COLUMN ${into} ${typed}`),
        ...(isAdded(id) && copy === null
          ? []
          : [`UPDATE ${quote(name)} t SET ${into} = ${carried(name, id, before.columns[id], column, copy)}`]),
      ];
    }),
    ...Object.keys(before.columns)
      .filter((id) => after.columns[id] === undefined || replaced.some(([one]) => one === id))
      .map((id) => alter(`DROP COLUMN ${quote(id)}`)),
    ...replaced
      .filter(([id]) => !isAdded(id))
      .map(([id]) => alter(`RENAME COLUMN "${passing(id)}" TO ${quote(id)}`)),
    ...all
      .filter(([id, column]) => {
        const old = replaced.some(([one]) => one === id) ? free(column) : before.columns[id];
        return old !== undefined && old.required !== needed(id) && isOther(dialect, old, column);
      })
      .map(([id]) => alter(`ALTER COLUMN ${quote(id)} ${needed(id) ? "SET" : "DROP"} NOT NULL`)),
    // Those of a column that was replaced are gone with it.
    ...wanted.filter(
      (statement) =>
        !standing.includes(statement) || replaced.some(([id]) => statement.endsWith(`(${quote(id)})`)),
    ),
  ];
};
