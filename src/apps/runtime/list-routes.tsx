import { type Context, Hono } from "hono";
import { addRow } from "./change-rows.ts";
import { ChoiceList } from "./field.tsx";
import { freshForm } from "./form.tsx";
import { formFields } from "./form-fields.ts";
import { Added, FreshForm, FreshPage } from "./form-page.tsx";
import { ListPage, type ListProps, Rows } from "./list-page.tsx";
import { readListQuery } from "./list-query.ts";
import { patiently } from "./patient.ts";
import { withIds } from "./picker.ts";
import { Refusal } from "./refusal.ts";
import { choices, countRows, listRows, mostAddedUp, tableOf, totalsOf } from "./rows.ts";
import type { Site } from "./site.ts";

/** Lists, and the forms by which rows are added to them. */
export const listRoutes = (site: Site) =>
  new Hono()
    .get("/:table", (c) => {
      const props = listProps(site, c);
      return c.html(isFragment(c) ? <Rows {...props} /> : <ListPage {...props} />);
    })
    .get("/:table/new", (c) => {
      const name = c.req.param("table");
      const table = tableOf(site.schema, name);
      const state = freshForm(table, site.clock, new URL(c.req.url).searchParams);
      const props = { site, name, table, state };
      return c.html(isFragment(c) ? <FreshForm {...props} inList /> : <FreshPage {...props} />);
    })
    .get("/:table/choices", (c) => {
      const words = c.req.query(c.req.query("by") ?? "") ?? "";
      return c.html(<ChoiceList rows={choices(site, c.req.param("table"), words, 30)} />);
    })
    .post("/:table", async (c) => {
      const name = c.req.param("table");
      const table = tableOf(site.schema, name);
      const values = await formFields(c, table);
      const read = withIds(site, name, values);
      const outcome = await patiently(() => addRow(site, name, read.sent));
      const problems = { ...("problems" in outcome ? outcome.problems : {}), ...read.problems };
      if ("row" in outcome) {
        if (!isFragment(c)) return c.redirect(site.to.row(name, outcome.row.id), 303);
        c.header("HX-Trigger", "rows-changed");
        return c.html(<Added site={site} name={name} row={outcome.row} />);
      }
      const props = { site, name, table, state: { values: read.sent, problems } };
      return c.html(isFragment(c) ? <FreshForm {...props} inList /> : <FreshPage {...props} />, 422);
    });

/** Whether htmx asks for a part of the page. A whole page is right wherever a browser goes by itself. */
export const isFragment = (c: Context): boolean =>
  c.req.header("HX-Request") === "true" &&
  c.req.header("HX-Boosted") !== "true" &&
  c.req.header("HX-History-Restore-Request") !== "true";

/** What a list needs, from its address: empty parameters are those of an empty form, and references may be names. */
export const listParams = (site: Site, name: string, address: string): URLSearchParams => {
  const params = new URLSearchParams([...new URL(address).searchParams].filter(([, text]) => text !== ""));
  const read = withIds(site, name, Object.fromEntries(params));
  const [problem] = Object.entries(read.problems);
  if (problem !== undefined) throw new Refusal("bad-input", problem[1], problem[0]);
  for (const [key, text] of Object.entries(read.sent)) params.set(key, text);
  return params;
};

const listProps = (site: Site, c: Context): ListProps => {
  const name = c.req.param("table") ?? "";
  const table = tableOf(site.schema, name);
  const params = listParams(site, name, c.req.url);
  const query = readListQuery(table, params, 25);
  const total = countRows(site, name, query);
  return {
    site,
    name,
    table,
    rows: listRows(site, name, query),
    total,
    totals: total > mostAddedUp ? {} : totalsOf(site, name, query),
    shown: { query, params: Object.fromEntries(params) },
  };
};
