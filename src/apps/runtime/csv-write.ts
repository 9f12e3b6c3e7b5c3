import { csvLine } from "./csv-line.ts";
import { harmless } from "./formula.ts";
import { isText } from "./kinds.ts";
import type { ListQuery } from "./list-query.ts";
import { type AppData, eachRow, type Row, tableOf } from "./rows.ts";
import type { Table } from "./schema.ts";
import { plain } from "./spoken.ts";

/** The headings of an export. A reference has two columns: the name for people, the id for reading it in again. */
const headings = (table: Table): { heading: string; cell(row: Row): string }[] => [
  { heading: "id", cell: (row) => row.id },
  ...Object.entries(table.columns).flatMap(([id, column]) => {
    const value = { heading: column.label, cell: (row: Row) => plain(column, row.values[id] ?? null) };
    if (column.to !== undefined)
      return [
        { heading: column.label, cell: (row: Row) => harmless(row.names[id] ?? "") },
        { ...value, heading: `${column.label} id` },
      ];
    return [isText(column.type) ? { ...value, cell: (row: Row) => harmless(value.cell(row)) } : value];
  }),
  { heading: "Added", cell: (row) => row.created_at },
  { heading: "Last changed", cell: (row) => row.updated_at },
];

/** A table as CSV (RFC 4180, UTF-8 with a byte order mark, without which spreadsheets spoil accents), a few hundred rows at a time. */
export function* csvParts(
  data: AppData,
  name: string,
  query: Pick<ListQuery, "q" | "filters">,
): Generator<string> {
  const columns = headings(tableOf(data.schema, name));
  yield `\uFEFF${csvLine(columns.map(({ heading }) => harmless(heading)))}`;
  for (const rows of eachRow(data, name, query))
    yield rows.map((row) => csvLine(columns.map(({ cell }) => cell(row)))).join("");
}
