import type { Errands } from "#core/errand.ts";
import { AppError } from "#core/errors.ts";
import { bulkEntry, memoryMb } from "./bulk/bulk.ts";
import type { BulkOrder } from "./bulk/bulk-order.ts";
import type { AppPlace } from "./place.ts";
import { asker } from "./runtime/asker.ts";
import type { CsvResult, ImportRows } from "./runtime/csv-read.ts";
import { Refusal } from "./runtime/refusal.ts";
import type { AppSchema } from "./runtime/schema.ts";

/** Imports into an app's tables as one of Milepost's errands. */
export const importByErrand =
  (errands: Errands, at: AppPlace, schema: AppSchema): ImportRows =>
  async (wish) => {
    const into = { at, schema, table: wish.table, run: "", by: asker().name };
    const outcome = errands.run<CsvResult>({
      entry: bulkEntry,
      order: { does: "import", into, wish } satisfies BulkOrder,
      failure: "The rows were not imported, and nothing was changed",
      memoryMb,
      // For rows that refer to large tables by name.
      timeLimitMs: 180_000,
    });
    return outcome.catch((thrown: unknown) => {
      if (!(thrown instanceof AppError)) throw thrown;
      const code = thrown.code === "bad-input" ? "bad-input" : "too-large";
      throw new Refusal(code, thrown.message, thrown.field);
    });
  };
