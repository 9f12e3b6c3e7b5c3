import { toSnakeCase } from "drizzle-orm/casing";
import { getTableConfig, type SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Table } from "./plain.ts";
import { schema } from "./sqlite/schema.ts";

/** What a column is called in the database. */
export const nameOf = ({ name, keyAsName }: SQLiteColumn): string => (keyAsName ? toSnakeCase(name) : name);

const kindOf = (column: SQLiteColumn): Table["columns"][number]["kind"] => {
  if (column.dataType === "boolean") return "boolean";
  if (column.dataType !== "number") return "text";
  return column.getSQLType() === "real" ? "real" : "whole";
};

const describe = (table: Parameters<typeof getTableConfig>[0]): Table => {
  const { name, columns, primaryKeys, foreignKeys } = getTableConfig(table);
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  return {
    name,
    columns: columns.map((column) => ({ name: nameOf(column), kind: kindOf(column) })),
    key: key.map(nameOf),
    refersTo: foreignKeys.map((foreign) => getTableConfig(foreign.reference().foreignTable).name),
  };
};

/** Every table of ours, one after those to which its rows refer. */
export const tables: readonly Table[] = (() => {
  const left = Object.values(schema).map(describe);
  const sorted: Table[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ refersTo }) =>
      refersTo.every((name) => sorted.some((table) => table.name === name)),
    );
    sorted.push(...left.splice(Math.max(next, 0), 1));
  }
  return sorted;
})();
