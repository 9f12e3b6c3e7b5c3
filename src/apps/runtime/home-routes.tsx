import { Hono } from "hono";
import { laneCounts } from "./board-routes.tsx";
import { startOfToday } from "./clock.ts";
import { HomePage, type TableSummary } from "./home-page.tsx";
import type { Filter } from "./list-query.ts";
import { type AppData, countRows, listRows } from "./rows.ts";
import type { Table } from "./schema.ts";
import type { Site } from "./site.ts";

/** The first page of an app. */
export const homeRoutes = (site: Site) =>
  new Hono().get("/", (c) => c.html(<HomePage site={site} tables={summaries(site)} />));

/** What the first page tells about each table. */
const summaries = (site: Site): TableSummary[] => {
  const since = startOfToday(site.clock.now());
  return Object.entries(site.schema.tables).map(([name, table]) => ({
    name,
    table,
    total: countRows(site, name, { q: "", filters: [] }),
    today: countRows(site, name, {
      q: "",
      filters: [{ column: "created_at", comparison: "gte", value: since }],
    }),
    lanes:
      table.board === null ? [] : laneCounts(site, name).map(({ lane, total }) => ({ lane, count: total })),
    low: lowRows(site, name, table),
  }));
};

const mostLow = 10;

const lowRows = (data: AppData, name: string, table: Table): TableSummary["low"] => {
  if (table.alert === null) return { rows: [], total: 0 };
  const filters: Filter[] = [{ column: table.alert.column, comparison: "lte", other: table.alert.limit }];
  return {
    rows: listRows(data, name, {
      q: "",
      filters,
      sort: table.alert.column,
      order: "asc",
      limit: mostLow,
      offset: 0,
    }),
    total: countRows(data, name, { q: "", filters }),
  };
};
