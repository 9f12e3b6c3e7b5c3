import type { z } from "@hono/zod-openapi";
import type { RunPicture, RunSummary } from "#core/picture.ts";
import type { Doer } from "#core/rights.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import type { TimeLeft } from "#core/time-left/estimate.ts";
import { exportJson } from "./export-schema.ts";
import { runSchema, type summarySchema } from "./schemas.ts";

/** A run without log and history, which have addresses of their own, and without what only Milepost itself needs. */
export const runJson = (whole: RunPicture, who: Doer): z.infer<typeof runSchema> => {
  const picture = seenBy(whole, permitsOf(who, whole));
  const row = picture.export === null ? null : exportJson(picture.export);
  return runSchema.parse({
    ...picture,
    ...etaOf(picture.timeLeft),
    export: row,
  } satisfies z.input<typeof runSchema>);
};

/** A line of the list, without what only Milepost itself needs. */
export const summaryJson = ({
  starter: _starter,
  asks: _asks,
  fileOf,
  ...row
}: RunSummary): z.infer<typeof summarySchema> => ({
  ...row,
  exportId: fileOf,
});

const etaOf = (left: TimeLeft | null): Pick<z.infer<typeof runSchema>, "eta" | "eta_seconds"> => {
  if (left === null) return { eta: null, eta_seconds: null };
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  return {
    eta_seconds: Math.round(left.p50Ms / 1_000),
    eta: { p10: seconds(left.p10Ms), p50: seconds(left.p50Ms), p90: seconds(left.p90Ms) },
  };
};
