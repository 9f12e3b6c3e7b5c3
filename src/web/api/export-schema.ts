import { z } from "@hono/zod-openapi";
import { exportStatuses } from "#core/exports.ts";
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
    status: z.enum(exportStatuses),
    remoteStatus: z.string().nullable(),
    ownerRunId: z.string(),
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
