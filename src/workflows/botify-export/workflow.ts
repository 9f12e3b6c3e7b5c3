import { workflow } from "#core/workflow.ts";
import { type ExportDeps, type ExportHost, exportDeps } from "./deps.ts";
import { outcome } from "./outcome.ts";
import { startExport } from "./start.ts";
import { askAnalysis } from "./steps/analysis.ts";
import { checkFile } from "./steps/check.ts";
import { askColumns } from "./steps/columns.ts";
import { askConfirm } from "./steps/confirm.ts";
import { createJob } from "./steps/create-job.ts";
import { askDepth } from "./steps/depth.ts";
import { askDoubt } from "./steps/doubt.ts";
import { saveFile } from "./steps/download.ts";
import { waitForJob } from "./steps/job.ts";
import { askProject } from "./steps/project.ts";

export default (host: ExportHost) => botifyExport(exportDeps(host));

/** Exports the URLs of a crawl to a CSV, from the choice of the project to the saved and checked file. */
const botifyExport = (deps: ExportDeps) =>
  workflow(
    "botify-export",
    "Export URLs to CSV",
    "Pick a crawl, the columns and a depth; Milepost orders the export, waits for it, saves and checks the file, and hands it to you.",
    startExport(deps),
  )
    .ask("project", "Choose the project", askProject(deps))
    .ask("analysis", "Choose the crawl", askAnalysis(deps))
    .ask("depth", "Choose the depth", askDepth(deps))
    .ask("columns", "Choose columns and filters", askColumns(deps))
    .ask("confirm", "Check rows and cost", askConfirm(deps))
    .do("create-job", "Order the export", createJob(deps))
    .wait("job", "Wait for the export", waitForJob(deps))
    .do("download", "Save the file", saveFile(deps))
    .do("check", "Unpack and check", checkFile(deps))
    .ask("doubt", "Decide on what was found", askDoubt(deps))
    .hands(outcome, {
      // Whoever takes what is already there waits for nothing that grows with the rows.
      size: (_input, { confirm }) =>
        confirm == null || confirm.how === "existing" ? null : { count: confirm.rows, what: "rows" },
    });
