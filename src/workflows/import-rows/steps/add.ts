import { bulk } from "#apps/bulk/bulk.ts";
import type { Added, FileSeen, TakenBack } from "#apps/bulk/bulk-order.ts";
import { fileHere, leftBeside } from "#apps/bulk/sent-file.ts";
import { says } from "#core/plan-line.ts";
import { countText, plural } from "#core/plural.ts";
import type { DoOptions, Stays } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "#workflows/import-rows/input.ts";
import { intoNow } from "#workflows/import-rows/into-now.ts";
import { cameOf } from "#workflows/import-rows/words.ts";
import type { Chosen } from "./columns.ts";

/** Adds the rows, batch by batch. Undone, those that nobody changed since go, and those that it changed get back what they said. */
export const addRows = (
  host: Pick<Host, "apps" | "errands" | "files">,
): DoOptions<ImportInput, { read: FileSeen; columns: Chosen }, Added> => ({
  run: async ({ input, results: { columns }, runId, signal, progress }) => {
    const file = await fileHere(host.files, input, signal);
    const { by, ...mapping } = columns;
    const into = intoNow(host, input, runId, by);
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      progress(done, total, "of the file", "rows");
    const order = { does: "add", file, into, mapping, left: leftBeside(file.path) } as const;
    return bulk(host.errands, order, { signal, onProgress });
  },
  safeBecause:
    "What became of each row is kept in the same commit as the row, so that it goes on behind the last one.",
  undo: async ({ input, results: { columns }, runId, signal, progress, log }) => {
    const into = intoNow(host, input, runId, columns.by);
    const onProgress = ({ done, total }: { done: number; total: number }) =>
      progress(done, total, "taken back", "rows");
    const taken = await bulk(host.errands, { does: "take back", into }, { signal, onProgress });
    log(takenWords(taken));
    return staying(taken);
  },
  plan: ({ results: { read } }) => ({
    lines: [says(`Add ${plural(read.rows, "row")}, those that do not fit aside.`)],
  }),
  detail: cameOf,
  weightMs: 20_000,
});

/** "9 rows were removed. 1 row got back what stood there before." */
const takenWords = ({ removed, restored }: TakenBack): string => {
  const words = [`${plural(removed, "row was", "rows were")} removed.`];
  if (restored > 0) words.push(`${plural(restored, "row")} got back what stood there before.`);
  return words.join(" ");
};

const staying = ({ stayed }: TakenBack): Stays | undefined => {
  if (stayed === 0) return undefined;
  return {
    stays:
      stayed === 1
        ? "1 row stays, because it was changed since or others refer to it."
        : `${countText(stayed)} rows stay, because they were changed since or others refer to them.`,
  };
};
