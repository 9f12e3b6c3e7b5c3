import type { Sheet } from "#apps/plan/sheet.ts";
import type { CsvResult } from "#apps/runtime/csv-read.ts";
import type { Errands } from "#core/errand.ts";
import type { Added, BulkOrder, BulkProgress, FileSeen, TakenBack, Tried } from "./bulk-order.ts";

/** Of JavaScript objects: no more than a batch of rows is held at a time. */
export const memoryMb = 384;
/** For the largest file, with rules that look at other rows. */
const timeLimitMs = 12 * 3_600_000;

export const bulkEntry = new URL("./bulk-child.ts", import.meta.url);

interface Answers {
  look: FileSeen;
  survey: Sheet[];
  try: Tried;
  add: Added;
  "take back": TakenBack;
  import: CsvResult;
}

export interface BulkWay {
  signal: AbortSignal;
  onProgress?(progress: BulkProgress): void;
}

/** Work on a file of any size, in a process of its own; called off, the process ends at once, with whole batches kept. Throws AppError("bad-input", "too-large"). */
export const bulk = <Does extends BulkOrder["does"]>(
  errands: Errands,
  order: Extract<BulkOrder, { does: Does }>,
  { signal, onProgress }: BulkWay,
): Promise<Answers[Does]> =>
  errands.run<Answers[Does]>({
    ...{ entry: bulkEntry, order, memoryMb, timeLimitMs, signal },
    failure: "The file was not worked on to its end",
    onProgress: (progress) => onProgress?.(progress as BulkProgress),
  });
