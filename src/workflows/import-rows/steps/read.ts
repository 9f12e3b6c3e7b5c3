import { bulk } from "#apps/bulk/bulk.ts";
import type { FileSeen } from "#apps/bulk/bulk-order.ts";
import { fileHere } from "#apps/bulk/sent-file.ts";
import { plural } from "#core/plural.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "#workflows/import-rows/input.ts";

/** Reads the file once from its beginning to its end: how it is written, its headings, and how many rows it has. */
export const readFile = (
  host: Pick<Host, "errands" | "files">,
): DoOptions<ImportInput, object, FileSeen> => ({
  run: async ({ input, signal, progress, log }) => {
    const file = await fileHere(host.files, input, signal);
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      progress(done, total, "of the file", "bytes");
    const seen = await bulk(host.errands, { does: "look", file }, { signal, onProgress });
    for (const line of seen.above) log(`Above the headings, and left out: ${line}`);
    return seen;
  },
  readsOnly: true,
  detail: ({ rows, heading }) => `${plural(rows, "row")} with ${plural(heading.length, "column")}`,
  weightMs: 5_000,
});
