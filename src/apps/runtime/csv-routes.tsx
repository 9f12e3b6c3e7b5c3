import { Hono } from "hono";
import { csvParts } from "./csv-write.ts";
import { readListQuery } from "./list-query.ts";
import { listParams } from "./list-routes.tsx";
import { Page } from "./page.tsx";
import { tableOf } from "./rows.ts";
import { entered } from "./schema.ts";
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
      tableOf(site.schema, name);
      if (site.importAt !== null) return c.redirect(site.importAt(name), 303);
      return c.html(<HowToImport site={site} name={name} origin={new URL(c.req.url).origin} />);
    });

/** How rows come into an app that stands alone: by its API. */
const HowToImport = ({ site, name, origin }: { site: Site; name: string; origin: string }) => {
  const table = tableOf(site.schema, name);
  const labels = entered(table).map(([, { label, required }]) => (required ? `${label} (needed)` : label));
  return (
    <Page site={site} title={`Import ${table.title.toLowerCase()}`} table={name}>
      <h1>Import {table.title.toLowerCase()}</h1>
      <p>
        A CSV file of up to 1 MiB, whose first line names the columns ({labels.join(", ")}), goes in from a
        command line. Its rows are added all or none, and the answer says which are wrong:
      </p>
      <p>
        <code>{`curl -H "Content-Type: text/csv" --data-binary @${name}.csv ${origin}${site.to.api(name)}/import`}</code>
      </p>
      <p>
        With “?wrong=leave-out” at its end what is wrong is left out and given back, with “?key=” and the name
        of a column rows that say the same there are changed. <a href={site.to.apiDocs()}>All of it</a>
      </p>
    </Page>
  );
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
