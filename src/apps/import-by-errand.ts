import type { Errands } from "#core/errand.ts";
import { AppError } from "#core/errors.ts";
import type { AppPlace } from "./place.ts";
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

/** Imports into an app's tables as one of Milepost's errands. */
export const importByErrand =
  (errands: Errands, at: AppPlace, schema: AppSchema): ImportRows =>
  async (wish) => {
    const outcome = errands.run<ImportOutcome>({
      entry: new URL("./import-child.ts", import.meta.url),
      order: { at, schema, ...wish } satisfies ImportOrder<AppPlace>,
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
