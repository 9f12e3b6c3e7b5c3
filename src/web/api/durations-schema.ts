import { z } from "@hono/zod-openapi";
import type { Durations } from "#core/durations.ts";

const interval = { p10Ms: z.number(), p50Ms: z.number(), p90Ms: z.number() };
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
    accuracy: z
      .array(
        z.object({
          quarter: z.number().int().openapi({ description: "0 at the start, 1 to 3 at later quarters." }),
          estimates: z.number().int(),
          held: z.number().int().openapi({ description: "How many ended between `p10Ms` and `p90Ms`." }),
          offShare: share,
          meanOffShare: share.nullable(),
        }),
      )
      .readonly(),
  })
  .openapi("Durations") satisfies z.ZodType<Durations>;
