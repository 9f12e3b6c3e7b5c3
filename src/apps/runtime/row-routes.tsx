import { Hono } from "hono";
import { changeRow, deleteRow } from "./change-rows.ts";
import { formOf } from "./form.tsx";
import { formFields, sentForm, textOf } from "./form-fields.ts";
import { DeletePage, EditPage } from "./form-page.tsx";
import { historyOf } from "./history.ts";
import { everything } from "./list-query.ts";
import { isFragment } from "./list-routes.tsx";
import { patiently } from "./patient.ts";
import { withIds } from "./picker.ts";
import { RowLine, RowLineForm } from "./row-line.tsx";
import { type Referring, RowPage } from "./row-page.tsx";
import { countRows, listRows, mostAddedUp, needRow, type Row, tableOf, totalsOf } from "./rows.ts";
import type { Site } from "./site.ts";

/** Single rows: looked at, changed (in their line of the list, or on a page) and deleted. */
export const rowRoutes = (site: Site) =>
  new Hono()
    .get("/:table/rows/:id", (c) => {
      const { name, table, row } = rowAt(site, c.req.param());
      const props = { site, name, table, row };
      if (isFragment(c)) return c.html(<RowLine {...props} focused />);
      const history = historyOf(site, name, row.id);
      return c.html(<RowPage {...props} referring={referringTo(site, name, row)} history={history} />);
    })
    .get("/:table/rows/:id/edit", (c) => {
      const { name, table, row } = rowAt(site, c.req.param());
      const props = { site, name, table, row, updatedAt: row.updated_at, state: formOf(table, row) };
      return c.html(isFragment(c) ? <RowLineForm {...props} /> : <EditPage {...props} />);
    })
    .post("/:table/rows/:id/edit", async (c) => {
      const { name, table, row } = rowAt(site, c.req.param());
      const updatedAt = textOf(await sentForm(c), "updated_at");
      const read = withIds(site, name, await formFields(c, table));
      const outcome =
        Object.keys(read.problems).length > 0
          ? { problems: read.problems }
          : await patiently(() => changeRow(site, name, { id: row.id, updatedAt }, read.sent));
      if ("row" in outcome)
        return isFragment(c)
          ? c.html(<RowLine site={site} name={name} table={table} row={outcome.row} focused />)
          : c.redirect(site.to.row(name, row.id), 303);
      const changed = "changed" in outcome ? outcome.changed : undefined;
      const props = {
        site,
        name,
        table,
        row,
        // Who saves again has seen what the row says now.
        updatedAt: changed?.updated_at ?? updatedAt,
        state: {
          values: read.sent,
          problems: "problems" in outcome ? outcome.problems : {},
          ...(changed === undefined ? {} : { changed }),
        },
      };
      return c.html(
        isFragment(c) ? <RowLineForm {...props} /> : <EditPage {...props} />,
        changed === undefined ? 422 : 409,
      );
    })
    .get("/:table/rows/:id/delete", (c) => c.html(<DeletePage site={site} {...rowAt(site, c.req.param())} />))
    .post("/:table/rows/:id/delete", async (c) => {
      const { name, row } = rowAt(site, c.req.param());
      await patiently(() => deleteRow(site, name, row.id));
      return c.redirect(site.to.list(name), 303);
    });

/** The row that an address names. Throws Refusal("not-found"). */
export const rowAt = (site: Site, { table: name, id }: { table: string; id: string }) => ({
  name,
  table: tableOf(site.schema, name),
  row: needRow(site, name, id),
});

const mostReferring = 10;

const referringTo = (site: Site, to: string, row: Row): Referring[] =>
  Object.entries(site.schema.tables).flatMap(([name, table]) =>
    Object.keys(table.columns)
      .filter((column) => table.columns[column]?.to === to)
      .map((column) => {
        const query = everything({ column, comparison: "eq", value: row.id });
        const total = countRows(site, name, query);
        return {
          ...{ name, table, column, total },
          rows: listRows(site, name, { ...query, limit: mostReferring }),
          totals: total > mostAddedUp ? {} : totalsOf(site, name, query),
        };
      }),
  );
