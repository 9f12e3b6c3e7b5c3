import { createHash } from "node:crypto";
import { rename } from "node:fs/promises";
import type { Added } from "#apps/bulk/bulk-order.ts";
import { leftBeside } from "#apps/bulk/sent-file.ts";
import { Skip } from "#core/skip.ts";
import { upload } from "#core/upload.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "#workflows/import-rows/input.ts";

interface HandedLeft {
  /** The saved file; null when every row went in. */
  exportId: string | null;
}

/** The rows that were left out, as a file of their own that can be corrected and imported. */
export const handLeft = ({
  files,
  exports,
}: Pick<Host, "files" | "exports">): DoOptions<ImportInput, { add: Added }, HandedLeft> => ({
  run: async ({ input, results: { add }, runId, now }) => {
    const { left, wrong } = add;
    if (left === null) return new Skip("Every row went in.", { exportId: null });
    const fileName = `${input.table}-to-correct.csv`;
    const filePath = `import/${input.slug}/${runId}/${fileName}`;
    const written = leftBeside(await files.place(input.file));
    const place = await files.place(filePath);
    // Where it was cut off behind this, it lies there already.
    if ((await files.size(filePath)) === null) await rename(written, place);
    await files.keep(filePath);
    const { row } = await exports.reserve(
      {
        ...{ provider: "milepost", connectionId: "", org: "", project: input.slug, analysis: input.table },
        title: `Rows of ${upload.called(input.file)} to correct`,
        queryHash: createHash("sha256").update(runId).digest("hex"),
        ...{ query: null, expectedRows: wrong },
      },
      runId,
      null,
    );
    const { header, first: preview, sizeBytes, sha256 } = left;
    await exports.update(row.id, runId, {
      ...{ status: "ready", filePath, fileName, sizeBytes, sha256, rows: wrong, header, preview },
      readyAt: now(),
    });
    return { exportId: row.id };
  },
  safeBecause: "The file and its row are found again by this run.",
  detail: () => "The rows that were left out, with what is wrong with each",
  weightMs: 200,
});
