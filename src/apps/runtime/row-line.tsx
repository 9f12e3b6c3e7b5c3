import { Fields, type FormState } from "./form.tsx";
import { intoNote } from "./into-note.ts";
import { isNumeric } from "./kinds.ts";
import type { Row } from "./rows.ts";
import type { Table } from "./schema.ts";
import { listed, Moment, Shown } from "./show.tsx";
import type { Site } from "./site.ts";

interface LineProps {
  site: Site;
  name: string;
  table: Table;
  row: Row;
  /** The keyboard goes on here: the row was a form a moment ago. */
  focused?: boolean;
}

const lineId = (row: Row): string => `row-${row.id}`;

/** A row of a list. Its “Edit” turns it into a form; without JavaScript that is a page of its own. */
export const RowLine = ({ site, name, table, row, focused = false }: LineProps) => (
  <tr
    id={lineId(row)}
    {...(site.mayChange
      ? {
          "hx-get": `${site.to.edit(name, row.id)}?in=line`,
          "hx-trigger": "dblclick",
          "hx-swap": "outerHTML",
        }
      : {})}
  >
    {listed(table).map(([id, column]) =>
      id === table.name ? (
        <th scope="row">
          <a href={site.to.row(name, row.id)}>{row.name}</a>
        </th>
      ) : (
        <td class={isNumeric(column.type) ? "number" : undefined} data-label={column.label}>
          <Shown to={site.to} column={column} id={id} row={row} />
        </td>
      ),
    )}
    <td data-label="Added">
      <Moment at={row.created_at} />
    </td>
    {site.mayChange && <Actions site={site} name={name} row={row} focused={focused} />}
  </tr>
);

const Actions = ({ site, name, row, focused }: Omit<LineProps, "table">) => (
  <td class="actions">
    <a
      href={site.to.edit(name, row.id)}
      hx-get={`${site.to.edit(name, row.id)}?in=line`}
      hx-target={`#${lineId(row)}`}
      hx-swap="outerHTML"
      {...intoNote}
      aria-label={`Edit ${row.name}`}
      {...{ autofocus: focused }}
    >
      Edit
    </a>
  </td>
);

/** The same row as a form, in its place. */
export const RowLineForm = ({
  site,
  name,
  table,
  row,
  updatedAt,
  state,
}: LineProps & { updatedAt: string; state: FormState }) => (
  <tr id={lineId(row)} class="editing">
    <td colspan={listed(table).length + 2}>
      <form
        method="post"
        action={site.to.edit(name, row.id)}
        hx-post={`${site.to.edit(name, row.id)}?in=line`}
        hx-target={`#${lineId(row)}`}
        hx-swap="outerHTML"
        hx-disable="find button"
        aria-label={`Edit ${row.name}`}
      >
        <input type="hidden" name="updated_at" value={updatedAt} />
        <Fields site={site} table={table} form={lineId(row)} state={state} />
        <div class="buttons">
          <button type="submit">Save</button>
          <a
            class="button quiet"
            href={site.to.list(name)}
            hx-get={`${site.to.row(name, row.id)}?in=line`}
            hx-target={`#${lineId(row)}`}
            hx-swap="outerHTML"
          >
            Cancel
          </a>
        </div>
      </form>
    </td>
  </tr>
);
