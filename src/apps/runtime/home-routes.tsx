import { Hono } from "hono";
import { laneCounts } from "./board-routes.tsx";
import { startOfToday } from "./clock.ts";
import { HomePage, type TableSummary } from "./home-page.tsx";
import { everything } from "./list-query.ts";
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
    total: countRows(site, name),
    today: countRows(site, name, everything({ column: "created_at", comparison: "gte", value: since })),
    lanes:
      table.board === null ? [] : laneCounts(site, name).map(({ lane, total }) => ({ lane, count: total })),
    low: lowRows(site, name, table),
  }));
};

const mostLow = 10;

const lowRows = (data: AppData, name: string, table: Table): TableSummary["low"] => {
  if (table.alert === null) return { rows: [], total: 0 };
  const { column, limit: other } = table.alert;
  const low = everything({ column, comparison: "lte", other });
  return {
    rows: listRows(data, name, { ...low, sort: column, order: "asc", limit: mostLow }),
    total: countRows(data, name, low),
  };
};
