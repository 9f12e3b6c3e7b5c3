import { encodingField } from "#apps/bulk/encoding-field.ts";
import { own } from "#apps/runtime/own.ts";
import { select } from "#core/field-choices.ts";
import { text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import { start } from "#core/start.ts";
import { upload } from "#core/upload.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "./input.ts";

/** Asks for a file and the table that its rows go into. */
export const startImport = ({ apps }: Pick<Host, "apps">) =>
  start({
    fields: [
      select("into", "Table", {
        options: () =>
          apps
            .titles()
            .flatMap(({ slug, title, tables }) =>
              tables.map((table) => ({ value: `${slug}/${table.name}`, label: `${title}: ${table.title}` })),
            ),
        whenEmpty: "There is no app yet. Generate one, then come back to import rows into it.",
        otherwise: "Choose one of the tables.",
      }),
      text("file", "CSV file", {
        required: true,
        accept: ".csv,.tsv,.txt,text/csv",
        shape: upload.shape,
        help: "Of any size up to 2 GiB. You say where each column goes, and see what fits, before anything is added.",
      }),
      encodingField("Encoding", "As the file says, or UTF-8"),
    ],
    submit: "Read the file",
    input: ({ into, file, encoding }): ImportInput => {
      const [slug = "", table = ""] = into.split("/");
      const app = apps.find(slug);
      if (app === null || own(app.schema.tables, table) === undefined)
        throw wrong("into", "This table is no longer there. Choose another one.");
      return { slug, table, file, encoding };
    },
    subject: ({ slug, table, file }) => {
      const schema = apps.find(slug)?.schema;
      return `${schema?.title ?? slug} / ${schema?.tables[table]?.title ?? table}: ${upload.called(file)}`;
    },
    lock: ({ slug }) => `app:${slug}`,
  });
