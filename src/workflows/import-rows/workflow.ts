import { routes } from "#core/routes.ts";
import { workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import { startImport } from "./start.ts";
import { addRows } from "./steps/add.ts";
import { askColumns } from "./steps/columns.ts";
import { handLeft } from "./steps/left.ts";
import { readFile } from "./steps/read.ts";
import { cameOf } from "./words.ts";

/** It fills what that one makes. */
export const offeredAfter = "generate-app";

/** Puts the rows of a file of any size into a table of an app, with a look at what fits, and a way back. */
export default (host: Pick<Host, "apps" | "errands" | "files" | "exports">) =>
  workflow(
    "import-rows",
    "Import rows into an app",
    "Puts the rows of a CSV file into a table of a generated app: you say where its columns go, rows that do not fit come back as a file to correct, and undo takes the import back.",
    startImport(host),
  )
    .do("read", "Read the file", readFile(host))
    .ask("columns", "Say where the columns go", askColumns(host))
    .do("add", "Add the rows", addRows(host))
    .do("left", "Give back what does not fit", handLeft(host))
    .hands(
      ({ slug, table }, { add, left }) => ({
        sentence: `${cameOf(add)}.`,
        ...(left.exportId === null ? {} : { exportId: left.exportId }),
        links: [
          { label: "Open the table", href: `${routes.app.href({ slug })}${table}` },
          {
            label: "Import more",
            href: routes.workflow.href({ id: "import-rows" }, { into: `${slug}/${table}` }),
          },
        ],
      }),
      { size: (_input, { read }) => (read == null ? null : { count: read.rows, what: "rows" }) },
    );
