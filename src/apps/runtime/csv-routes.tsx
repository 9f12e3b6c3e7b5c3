import { Hono } from "hono";
import { csvText } from "./csv-text.ts";
import { csvParts } from "./csv-write.ts";
import { sentForm, textOf } from "./form-fields.ts";
import { Imported, ImportPage } from "./import-page.tsx";
import { readListQuery } from "./list-query.ts";
import { listParams } from "./list-routes.tsx";
import { Refusal } from "./refusal.ts";
import { tableOf } from "./rows.ts";
import type { Site } from "./site.ts";

/** Tables as CSV files, out and in. */
export const csvRoutes = (site: Site) =>
  new Hono()
    .get("/:table/export.csv", (c) => {
      const name = c.req.param("table");
      const query = readListQuery(tableOf(site.schema, name), listParams(site, name, c.req.url));
      return c.body(streamOf(csvParts(site, name, query)), 200, {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": `attachment; filename="${name}.csv"`,
      });
    })
    .get("/:table/import", (c) => {
      const name = c.req.param("table");
      const table = tableOf(site.schema, name);
      if (site.importAt !== null) return c.redirect(site.importAt(name), 303);
      return c.html(<ImportPage site={site} name={name} table={table} />);
    })
    .post("/:table/import", async (c) => {
      const name = c.req.param("table");
      const page = { site, name, table: tableOf(site.schema, name) };
      const form = await sentForm(c);
      try {
        const text = await fileText(form);
        const leaveOut = textOf(form, "wrong") === "leave-out";
        const wish = { table: name, text, leaveOut, key: textOf(form, "key") };
        const result = await site.importRows(wish);
        if (result.wrong === 0 && result.ignored.length === 0) return c.redirect(site.to.list(name), 303);
        const isKept = leaveOut || result.wrong === 0;
        return c.html(<Imported {...page} result={result} isKept={isKept} />, isKept ? 200 : 422);
      } catch (error) {
        if (!(error instanceof Refusal) || (error.code !== "bad-input" && error.code !== "too-large"))
          throw error;
        return c.html(<ImportPage {...page} refused={error.message} />, 422);
      }
    });

const fileText = async ({ file, encoding }: Readonly<Record<string, string | File>>): Promise<string> => {
  if (file === undefined || typeof file === "string" || file.size === 0)
    throw new Refusal("bad-input", "Choose a CSV file that is not empty.");
  const said = typeof encoding === "string" && encoding !== "" ? encoding : null;
  return csvText(await file.arrayBuffer(), said);
};

const streamOf = (parts: Iterator<string>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: (controller) => {
      const { done, value } = parts.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => {
      parts.return?.();
    },
  });
};
