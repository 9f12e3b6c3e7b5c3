import type { Errands } from "#core/errand.ts";
import { AppError } from "#core/errors.ts";
import {
  type ImportOrder,
  type ImportOutcome,
  type ImportRows,
  importFailure,
  importLimitMs,
  importMemoryMb,
  resultOf,
} from "./runtime/import-order.ts";
import { Refusal } from "./runtime/refusal.ts";
import type { AppSchema } from "./runtime/schema.ts";

/** Imports into the app's database `file` as one of Milepost's errands. */
export const importByErrand =
  (errands: Errands, file: string, schema: AppSchema): ImportRows =>
  async (wish) => {
    const outcome = errands.run<ImportOutcome>({
      entry: new URL("./runtime/import-child.ts", import.meta.url),
      order: { file, schema, ...wish } satisfies ImportOrder,
      failure: importFailure,
      memoryMb: importMemoryMb,
      timeLimitMs: importLimitMs,
    });
    return resultOf(
      await outcome.catch((thrown: unknown) => {
        throw thrown instanceof AppError ? new Refusal("too-large", thrown.message) : thrown;
      }),
    );
  };
