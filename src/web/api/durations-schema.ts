import { z } from "@hono/zod-openapi";
import type { Durations } from "#core/durations.ts";
import { interval, timeLeft } from "./schema-parts.ts";

const share = z.number().openapi({ description: "A share of the whole run." });

/** Past durations as the API tells them. */
export const durationsSchema = z
  .object({
    workflowId: z.string(),
    title: z.string(),
    runs: z
      .array(
        z.object({
          runId: z.string(),
          subject: z.string(),
          endedAt: z.number().int().openapi({ description: "Milliseconds since 1970" }),
          activeMs: z.number(),
          told: z.object(interval).nullable().openapi({ description: "What was told at its start." }),
        }),
      )
      .readonly(),
    steps: z
      .array(
        z.object({
          ...interval,
          id: z.string(),
          title: z.string(),
          runs: z.number().int().openapi({ description: "Runs in which it had something to do." }),
          skipped: z.number().int(),
        }),
      )
      .readonly(),
    next: timeLeft.openapi({ description: "What a run that began now would be told." }),
    accuracy: z
      .array(
        z.object({
          tenth: z.number().int().openapi({
            description: "0 at the start, then 1 to 9: tenths of the time told at the start.",
          }),
          estimates: z.number().int(),
          held: z.number().int().openapi({ description: "How many ended between `p10Ms` and `p90Ms`." }),
          widthShare: share,
          offShare: share,
          meanOffShare: share.nullable(),
        }),
      )
      .readonly(),
  })
  .openapi("Durations") satisfies z.ZodType<Durations>;
