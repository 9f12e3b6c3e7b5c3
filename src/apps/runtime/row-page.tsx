import { withQuery } from "./addresses.ts";
import type { HistoryEntry } from "./history.ts";
import { HistoryList } from "./history-list.tsx";
import { Page } from "./page.tsx";
import { PlainRows } from "./plain-rows.tsx";
import type { Row } from "./rows.ts";
import type { Table } from "./schema.ts";
import { listed, Moment, Shown } from "./show.tsx";
import type { Site } from "./site.ts";
import type { Value } from "./value.ts";

/** Rows of one table that refer to a row by one column. */
export interface Referring {
  name: string;
  table: Table;
  column: string;
  /** The newest ones. */
  rows: Row[];
  total: number;
  /** What all of them add up to. */
  totals: Readonly<Record<string, Value>>;
}

interface RowPageProps {
  site: Site;
  name: string;
  table: Table;
  row: Row;
  referring: Referring[];
  history: HistoryEntry[];
}

/** Everything about one row, and the rows that refer to it. */
export const RowPage = ({ site, name, table, row, referring, history }: RowPageProps) => (
  <Page site={site} title={row.name} table={name}>
    <p class="crumbs">
      <a href={site.to.list(name)}>{table.title}</a>
    </p>
    <div class="head">
      <h1>{row.name}</h1>
      {site.mayChange && (
        <div class="buttons">
          <a class="button" href={site.to.edit(name, row.id)}>
            Edit
          </a>
        </div>
      )}
    </div>
    <dl class="card facts">
      {Object.entries(table.columns).map(([id, column]) => (
        <div>
          <dt>{column.label}</dt>
          <dd>
            <Shown to={site.to} column={column} id={id} row={row} />
          </dd>
        </div>
      ))}
      <div>
        <dt>Added</dt>
        <dd>
          <Moment at={row.created_at} />
        </dd>
      </div>
      <div>
        <dt>Last changed</dt>
        <dd>
          <Moment at={row.updated_at} />
        </dd>
      </div>
    </dl>
    {referring.map((one) => (
      <ReferringRows site={site} row={row} referring={one} />
    ))}
    <HistoryList site={site} table={table} entries={history} />
    {/* Far from “Edit”, so that nobody comes upon it. */}
    {site.mayChange && (
      <p class="last">
        <a class="button quiet danger" href={site.to.remove(name, row.id)}>
          Delete this {table.singular.toLowerCase()}…
        </a>
      </p>
    )}
  </Page>
);

const ReferringRows = ({ site, row, referring }: { site: Site; row: Row; referring: Referring }) => {
  const { name, table, column, rows, total, totals } = referring;
  const label = table.columns[column]?.label ?? column;
  const several =
    Object.values(table.columns).filter(({ to }) => to === table.columns[column]?.to).length > 1;
  return (
    <section>
      <h2>
        {table.title} {several && `(${label}) `}
        <small>{total}</small>
      </h2>
      {rows.length > 0 && (
        <PlainRows
          {...{ site, name, table, rows, totals }}
          columns={listed(table).filter(([id]) => id !== column)}
          caption={table.title}
          linked
        />
      )}
      <p class="buttons">
        {site.mayChange && (
          <a href={withQuery(site.to.fresh(name), { [column]: row.id })}>
            New {table.singular.toLowerCase()} for {row.name}
          </a>
        )}
        {total > rows.length && (
          <a href={withQuery(site.to.list(name), { [column]: row.id })}>
            All {total} {table.title.toLowerCase()}
          </a>
        )}
      </p>
    </section>
  );
};
