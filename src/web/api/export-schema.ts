import { z } from "@hono/zod-openapi";
import { type Export, exportStatuses } from "#core/exports.ts";
import { instant } from "./schema-parts.ts";

export const exportSchema = z
  .object({
    id: z.string(),
    provider: z.string(),
    connectionId: z.string(),
    org: z.string(),
    project: z.string(),
    analysis: z.string(),
    title: z.string(),
    state: z.enum(exportStatuses),
    remoteState: z
      .string()
      .nullable()
      .openapi({ description: "The other side's own word for it; null while it has said none." }),
    runId: z.string().openapi({ description: "The run that drives it." }),
    fileName: z.string().nullable(),
    sizeBytes: z.number().int().nullable(),
    rows: z.number().int().nullable(),
    expectedRows: z.number().int().nullable(),
    sha256: z.string().nullable(),
    header: z.array(z.string()).readonly().nullable(),
    error: z.string().nullable(),
    createdAt: instant,
    readyAt: instant.nullable(),
    deletedAt: instant.nullable(),
  })
  .openapi("Export");

/** An export in the words of the API. */
export const exportJson = ({
  status: state,
  remoteStatus: remoteState,
  ownerRunId: runId,
  ...row
}: Export): z.infer<typeof exportSchema> =>
  exportSchema.parse({ ...row, state, remoteState, runId } satisfies z.input<typeof exportSchema>);
