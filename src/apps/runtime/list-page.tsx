import { withQuery } from "./addresses.ts";
import { FilterForm, type Shown as ShownList } from "./filter-form.tsx";
import { isNumeric } from "./kinds.ts";
import { Page } from "./page.tsx";
import { Totals } from "./plain-rows.tsx";
import { RowLine } from "./row-line.tsx";
import { mostAddedUp, type Row } from "./rows.ts";
import type { Table } from "./schema.ts";
import { listed } from "./show.tsx";
import type { Site } from "./site.ts";
import type { Value } from "./value.ts";

export interface ListProps {
  site: Site;
  name: string;
  table: Table;
  rows: Row[];
  /** On all pages together. */
  total: number;
  /** Of all pages together. */
  totals: Readonly<Record<string, Value>>;
  shown: ShownList;
}

/** A table: search, filters, its rows, and everything that can be done with it. */
export const ListPage = (props: ListProps) => {
  const { site, name, table, shown } = props;
  return (
    <Page site={site} title={table.title} table={name}>
      <div class="head">
        <h1>{table.title}</h1>
        <div class="buttons">
          {site.mayChange && (
            <a
              class="button"
              href={site.to.fresh(name)}
              hx-get={`${site.to.fresh(name)}?in=list`}
              hx-target="#fresh"
              hx-swap="innerHTML"
            >
              New {table.singular.toLowerCase()}
            </a>
          )}
          {table.board !== null && (
            <a class="button quiet" href={site.to.board(name)}>
              Board
            </a>
          )}
          {site.mayChange && (
            <a class="button quiet" href={site.to.importCsv(name)}>
              Import
            </a>
          )}
        </div>
      </div>
      <div id="fresh" />
      <FilterForm site={site} name={name} table={table} shown={shown} />
      <Rows {...props} />
    </Page>
  );
};

/** The part of the list that changes with search, filters and pages. It fetches itself anew when rows changed. */
export const Rows = ({ site, name, table, rows, total, totals, shown }: ListProps) => (
  <div
    id="rows"
    hx-get={withQuery(site.to.list(name), { ...shown.params })}
    hx-trigger="rows-changed from:body"
    hx-swap="outerHTML"
    hx-target="#rows"
  >
    {rows.length === 0 ? (
      <p class="empty">
        {Object.keys(shown.params).length === 0
          ? `There are no ${table.title.toLowerCase()} yet.`
          : "Nothing was found. Search for less, or change the filters."}
      </p>
    ) : (
      <div class="scroll">
        <table>
          <caption class="hidden">{table.title}</caption>
          <thead>
            <tr>
              {listed(table).map(([id, column]) => (
                <SortHeader
                  site={site}
                  name={name}
                  shown={shown}
                  id={id}
                  label={column.label}
                  number={isNumeric(column.type)}
                />
              ))}
              <SortHeader
                site={site}
                name={name}
                shown={shown}
                id="created_at"
                label="Added"
                number={false}
              />
              {site.mayChange && (
                <th scope="col">
                  <span class="hidden">Actions</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <RowLine site={site} name={name} table={table} row={row} />
            ))}
          </tbody>
          <Totals columns={listed(table)} totals={totals} more={site.mayChange ? 2 : 1} />
        </table>
      </div>
    )}
    <Paging site={site} name={name} table={table} total={total} count={rows.length} shown={shown} />
  </div>
);

interface SortProps {
  site: Site;
  name: string;
  shown: ShownList;
  id: string;
  label: string;
  number: boolean;
}

const SortHeader = ({ site, name, shown, id, label, number }: SortProps) => {
  const { sort, order } = shown.query;
  const on = sort === id;
  const next = on && order === "asc" ? "desc" : "asc";
  const { offset: _, ...kept } = shown.params;
  const address = withQuery(site.to.list(name), { ...kept, sort: id, order: next });
  return (
    <th
      scope="col"
      class={number ? "number" : undefined}
      aria-sort={on ? (order === "asc" ? "ascending" : "descending") : undefined}
    >
      <a
        class="sort"
        href={address}
        hx-get={address}
        hx-target="#rows"
        hx-swap="outerHTML"
        hx-replace-url="true"
      >
        {label}
        {on && <span aria-hidden="true">{order === "asc" ? " ↑" : " ↓"}</span>}
      </a>
    </th>
  );
};

const Paging = ({
  site,
  name,
  table,
  total,
  count,
  shown,
}: Omit<ListProps, "rows" | "totals"> & { count: number }) => {
  const { limit, offset } = shown.query;
  const page = (at: number) =>
    withQuery(site.to.list(name), { ...shown.params, offset: at === 0 ? undefined : at });
  const { offset: _o, sort: _s, order: _r, ...filtered } = shown.params;
  return (
    <div class="foot">
      <p aria-live="polite">
        {total === 0 ? "0" : count === total ? total : `${offset + 1}–${offset + count} of ${total}`}{" "}
        {(total === 1 ? table.singular : table.title).toLowerCase()}
        {total > mostAddedUp && table.totals !== undefined && `; more than ${mostAddedUp} are not added up`}
      </p>
      <nav aria-label="Pages">
        {offset > 0 && (
          <a rel="prev" href={page(Math.max(0, offset - limit))}>
            Earlier rows
          </a>
        )}
        {offset + count < total && (
          <a rel="next" href={page(offset + limit)}>
            Further rows
          </a>
        )}
        <a href={withQuery(site.to.exportCsv(name), filtered)}>Export as CSV</a>
      </nav>
    </div>
  );
};
