import { Fields, type FormState } from "./form.tsx";
import { binDays } from "./history.ts";
import { Note, Page } from "./page.tsx";
import type { Row } from "./rows.ts";
import type { Table } from "./schema.ts";
import type { Site } from "./site.ts";

interface FreshProps {
  site: Site;
  name: string;
  table: Table;
  state: FormState;
}

/** The page on which a row is added. */
export const FreshPage = (props: FreshProps) => (
  <Page site={props.site} title={`New ${props.table.singular.toLowerCase()}`} table={props.name}>
    <h1>New {props.table.singular.toLowerCase()}</h1>
    <FreshForm {...props} inList={false} />
  </Page>
);

/** The form by which a row is added; within the list it stays there. */
export const FreshForm = ({ site, name, table, state, inList }: FreshProps & { inList: boolean }) => (
  <form
    class="card"
    method="post"
    action={site.to.list(name)}
    aria-label={`New ${table.singular.toLowerCase()}`}
    {...(inList
      ? {
          "hx-post": `${site.to.list(name)}?in=list`,
          "hx-target": "#fresh",
          "hx-swap": "innerHTML",
          "hx-disable": "find button",
        }
      : {})}
  >
    <Fields site={site} table={table} form="fresh" state={state} />
    <div class="buttons">
      <button type="submit">Add {table.singular.toLowerCase()}</button>
      <a class="button quiet" href={site.to.list(name)}>
        Cancel
      </a>
    </div>
  </form>
);

/** What stands in the place of the form after a row was added in the list. */
export const Added = ({ site, name, row }: { site: Site; name: string; row: Row }) => (
  <Note tone="good">
    <a href={site.to.row(name, row.id)} {...{ autofocus: true }}>
      {row.name}
    </a>{" "}
    was added.
  </Note>
);

interface EditProps extends FreshProps {
  row: Row;
  updatedAt: string;
}

/** The page on which a row is changed. */
export const EditPage = ({ site, name, table, row, updatedAt, state }: EditProps) => (
  <Page site={site} title={`Edit ${row.name}`} table={name}>
    <h1>Edit {row.name}</h1>
    <form class="card" method="post" action={site.to.edit(name, row.id)} aria-label={`Edit ${row.name}`}>
      <input type="hidden" name="updated_at" value={updatedAt} />
      <Fields site={site} table={table} form="edit" state={state} />
      <div class="buttons">
        <button type="submit">Save</button>
        <a class="button quiet" href={site.to.row(name, row.id)}>
          Cancel
        </a>
      </div>
    </form>
  </Page>
);

/** The question before a row is deleted, for browsers that cannot ask it themselves. */
export const DeletePage = ({ site, name, table, row }: Omit<EditProps, "state" | "updatedAt">) => (
  <Page site={site} title={`Delete ${row.name}`} table={name}>
    <h1>Delete “{row.name}”?</h1>
    <p>
      This {table.singular.toLowerCase()} goes into the bin, from where it can be brought back for {binDays}{" "}
      days.
    </p>
    <form method="post" action={site.to.remove(name, row.id)} class="buttons">
      <button type="submit" class="danger">
        Delete {table.singular.toLowerCase()}
      </button>
      <a class="button quiet" href={site.to.row(name, row.id)}>
        Keep it
      </a>
    </form>
  </Page>
);
