import { Select, Typed } from "./field.tsx";
import { intoNote } from "./into-note.ts";
import type { ListQuery } from "./list-query.ts";
import { choicesOf } from "./picker.ts";
import type { Column, Table } from "./schema.ts";
import type { Site } from "./site.ts";

/** What a list shows: the query, and its parameters as they stand in the address. */
export interface Shown {
  query: ListQuery;
  params: Readonly<Record<string, string>>;
}

interface FilterProps {
  site: Site;
  name: string;
  table: Table;
  shown: Shown;
}

/** The search box and a select for each filter. They act by themselves; without JavaScript there is a button. */
export const FilterForm = ({ site, name, table, shown }: FilterProps) =>
  table.search.length === 0 && table.filters.length === 0 ? null : (
    <form
      class="filters"
      method="get"
      action={site.to.list(name)}
      hx-get={site.to.list(name)}
      hx-trigger="input delay:300ms, submit"
      hx-target="#rows"
      hx-swap="outerHTML"
      hx-replace-url="true"
      {...intoNote}
      aria-label={`Search ${table.title.toLowerCase()}`}
    >
      {table.search.length > 0 && (
        <div class="field">
          <label for="filter-q">Search</label>
          <input id="filter-q" type="search" name="q" value={shown.params.q ?? ""} autocomplete="off" />
        </div>
      )}
      {table.filters.map((id) => {
        const column = table.columns[id];
        return (
          column !== undefined && (
            <Filter site={site} id={id} column={column} value={shown.params[id] ?? ""} />
          )
        );
      })}
      {shown.params.sort !== undefined && <input type="hidden" name="sort" value={shown.params.sort} />}
      {shown.params.order !== undefined && <input type="hidden" name="order" value={shown.params.order} />}
      <noscript>
        <button type="submit">Search</button>
      </noscript>
    </form>
  );

const Filter = ({ site, id, column, value }: { site: Site; id: string; column: Column; value: string }) => {
  const common = { id: `filter-${id}`, name: id, required: false, autofocus: false };
  const choices = column.to === undefined ? undefined : choicesOf(site, column.to, value);
  const words = column.type === "boolean" ? ["yes", "no"] : (column.options ?? []);
  const options = choices?.rows.map((row) => [row.id, row.name] as [string, string]);
  return (
    <div class="field">
      <label for={common.id}>{column.label}</label>
      {choices?.more && column.to !== undefined ? (
        <Typed to={site.to} {...{ id, value, choices, common, table: column.to }} />
      ) : (
        <Select {...common} empty="All" value={value} options={options ?? words.map((one) => [one, one])} />
      )}
    </div>
  );
};
