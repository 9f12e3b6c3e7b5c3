import { discardPartial } from "#connectors/botify/partial.ts";
import { unpackApart } from "#connectors/botify/unpack-apart.ts";
import { AppError } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ExportDeps, ExportInput } from "#workflows/botify-export/deps.ts";
import { filesOf, type Saved } from "./download.ts";

export interface Checked {
  exportId: string;
  rows: number;
  fileName: string;
  expectedRows: number | null;
}

/** No CSV of a million rows comes near these; an archive that was made to fill a disk does. */
const maxBytes = 20_000_000_000;
const maxRatio = 200;

/** Unpacks what came, counts its rows against the count from before, and enters the finished file in the registry. */
export const checkFile = ({
  errands,
  exports,
  files,
}: ExportDeps): DoOptions<ExportInput, { download: Saved }, Checked> => ({
  run: async (ctx) => {
    const row = await exports.get(ctx.results.download.exportId);
    if (row === null) throw new AppError("not-found", "The export is no longer in the registry.");
    if (row.status === "ready") {
      // This run's own work, cut off before it was noted, counts as done; another run's is not claimed.
      return row.ownerRunId === ctx.runId
        ? checked(row)
        : new Skip("The file was unpacked and checked before.", checked(row));
    }
    const names = filesOf(row);
    const from = await files.place(names.download);
    const unpacked = await unpackApart(errands, {
      from,
      to: await files.place(names.csv),
      signal: ctx.signal,
      maxBytes,
      maxRatio,
      onProgress: ({ doneBytes, totalBytes }) => ctx.progress(doneBytes, totalBytes, "unpacked", "bytes"),
    });
    ctx.log(`Unpacked as ${unpacked.format}: ${unpacked.rows} rows, sha256 ${unpacked.sha256}.`);
    for (const other of unpacked.otherMembers)
      ctx.log(`The archive also holds ${other}, which was left alone.`, "warn");
    if (row.expectedRows !== null && row.expectedRows !== unpacked.rows) {
      ctx.log(`${row.expectedRows} rows were counted before, ${unpacked.rows} came.`, "warn");
    }
    const ready = await exports.update(row.id, ctx.runId, {
      status: "ready",
      filePath: names.csv,
      fileName: names.fileName,
      sizeBytes: unpacked.sizeBytes,
      rows: unpacked.rows,
      sha256: unpacked.sha256,
      header: unpacked.header,
      preview: unpacked.preview,
      readyAt: ctx.now(),
      error: null,
    });
    await discardPartial(from);
    return checked(ready);
  },
  safeBecause: "The downloaded file is still there, and unpacking it again gives the same file.",
  undo: async ({ result, log }) => {
    const row = result === undefined ? null : await exports.get(result.exportId);
    if (row?.filePath == null) return log("There is no saved file any more.");
    await files.remove(row.filePath);
    await exports.markDeleted(row.id);
    log(`Deleted ${row.fileName}.`);
  },
  detail: ({ rows, expectedRows }) =>
    `${rows.toLocaleString("en")} rows${
      expectedRows === null
        ? ""
        : expectedRows === rows
          ? ", as counted before"
          : `, but ${expectedRows.toLocaleString("en")} were counted before`
    }`,
  weightMs: 5_000,
});

const checked = (row: Export): Checked => ({
  exportId: row.id,
  rows: row.rows ?? 0,
  fileName: row.fileName ?? "",
  expectedRows: row.expectedRows,
});
