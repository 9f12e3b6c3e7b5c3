import { withQuery } from "./addresses.ts";
import { Page } from "./page.tsx";
import type { Row } from "./rows.ts";
import type { Table } from "./schema.ts";
import type { Site } from "./site.ts";

/** One table, as the first page tells about it. */
export interface TableSummary {
  name: string;
  table: Table;
  total: number;
  /** Rows that were added today. */
  today: number;
  /** How many rows are in each lane of its board. */
  lanes: { lane: string; count: number }[];
  /** Rows that are low, at most a few, and how many there are. */
  low: { rows: Row[]; total: number };
}

/** The first page: what needs attention, what came in today, and a way into each table. */
export const HomePage = ({ site, tables }: { site: Site; tables: TableSummary[] }) => {
  const today = tables.filter((one) => one.today > 0);
  return (
    <Page site={site} title={site.schema.title}>
      <h1>{site.schema.title}</h1>
      {tables
        .filter(({ low }) => low.total > 0)
        .map((one) => (
          <Low site={site} summary={one} />
        ))}
      <p class="today">
        {today.length === 0
          ? "Nothing was added today."
          : `Added today: ${today.map(({ today, table }) => `${today} ${(today === 1 ? table.singular : table.title).toLowerCase()}`).join(", ")}.`}
      </p>
      <div class="cards">
        {tables.map(({ name, table, total, lanes }) => (
          <section class="card">
            <h2>
              <a href={site.to.list(name)}>{table.title}</a>
            </h2>
            <p class="total">{total}</p>
            {lanes.length > 0 && (
              <ul class="lanes">
                {lanes.map(({ lane, count }) => (
                  <li>
                    <a href={withQuery(site.to.list(name), { [table.board ?? ""]: lane })}>{lane}</a> {count}
                  </li>
                ))}
              </ul>
            )}
            <p class="buttons">
              {site.mayChange && <a href={site.to.fresh(name)}>New {table.singular.toLowerCase()}</a>}
              {table.board !== null && <a href={site.to.board(name)}>{table.title} board</a>}
            </p>
          </section>
        ))}
      </div>
      {site.mayChange && (
        <p>
          <a href={site.to.bin()}>Bin</a>
        </p>
      )}
    </Page>
  );
};

const Low = ({ site, summary }: { site: Site; summary: TableSummary }) => {
  const { name, table, low } = summary;
  const { column, limit } = table.alert ?? { column: "", limit: "" };
  return (
    <section class="note bad" aria-label={`Low ${table.title.toLowerCase()}`}>
      <p>
        {low.total === 1
          ? `1 ${table.singular.toLowerCase()} is`
          : `${low.total} ${table.title.toLowerCase()} are`}{" "}
        low:
      </p>
      <ul>
        {low.rows.map((row) => (
          <li>
            <a href={site.to.row(name, row.id)}>{row.name}</a>: {table.columns[column]?.label}{" "}
            {row.values[column]}, {table.columns[limit]?.label} {row.values[limit]}
          </li>
        ))}
        {low.total > low.rows.length && <li>and {low.total - low.rows.length} more</li>}
      </ul>
    </section>
  );
};
