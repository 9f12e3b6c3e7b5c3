import { Hono } from "hono";
import { BinPage } from "./bin-page.tsx";
import { binOf } from "./history.ts";
import { patiently } from "./patient.ts";
import { restoreRow } from "./restore-row.ts";
import type { Site } from "./site.ts";

/** The bin of an app, and the way back out of it. */
export const binRoutes = (site: Site) =>
  new Hono()
    .get("/_bin", (c) => c.html(<BinPage site={site} entries={binOf(site)} />))
    .post("/_bin/:seq/restore", async (c) => {
      const { table, row } = await patiently(() => restoreRow(site, Number(c.req.param("seq"))));
      return c.redirect(site.to.row(table, row.id), 303);
    });
