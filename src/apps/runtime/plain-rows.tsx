import { isNumeric } from "./kinds.ts";
import type { Row } from "./rows.ts";
import type { Column, Table } from "./schema.ts";
import { Shown } from "./show.tsx";
import type { Site } from "./site.ts";
import { spoken } from "./spoken.ts";
import type { Value } from "./value.ts";

interface PlainRowsProps {
  site: Site;
  name: string;
  table: Table;
  columns: readonly [string, Column][];
  rows: readonly Row[];
  caption: string;
  totals?: Readonly<Record<string, Value>>;
  /** Whether the rows are there to be opened. */
  linked: boolean;
}

/** Rows as a table that is only looked at. */
export const PlainRows = ({
  site,
  name,
  table,
  columns,
  rows,
  caption,
  totals = {},
  linked,
}: PlainRowsProps) => (
  <div class="scroll">
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(([, column]) => (
            <th scope="col" class={isNumeric(column.type) ? "number" : undefined}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {columns.map(([id, column], at) => (
              <td class={isNumeric(column.type) ? "number" : undefined} data-label={column.label}>
                {linked &&
                (id === table.name || (at === 0 && !columns.some(([one]) => one === table.name))) ? (
                  <a href={site.to.row(name, row.id)}>{shortName(row, id, table)}</a>
                ) : (
                  <Shown to={site.to} column={column} id={id} row={row} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <Totals columns={columns} totals={totals} />
    </table>
  </div>
);

/** What leads to a row: its name, or the first of its columns that is shown. */
const shortName = (row: Row, id: string, table: Table): string => {
  const column = table.columns[id];
  if (id === table.name || column === undefined) return row.name;
  return row.names[id] ?? (spoken(column, row.values[id] ?? null) || row.name);
};

/** The foot of a table: what its numbers add up to. `more`: how many columns stand behind these. */
export const Totals = ({
  columns,
  totals,
  more = 0,
}: {
  columns: readonly [string, Column][];
  totals: Readonly<Record<string, Value>>;
  more?: number;
}) =>
  columns.some(([id]) => (totals[id] ?? null) !== null) ? (
    <tfoot>
      <tr>
        {columns.map(([id, column], at) => {
          const sum = spoken(column, totals[id] ?? null);
          return sum === "" ? (
            <td>{at === 0 ? "Sum" : ""}</td>
          ) : (
            <td class="number" data-label={`Sum of ${column.label.toLowerCase()}`}>
              {at === 0 && "Sum "}
              {sum}
            </td>
          );
        })}
        {more > 0 && <td colspan={more} />}
      </tr>
    </tfoot>
  ) : null;
