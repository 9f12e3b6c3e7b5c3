import { z } from "zod";

/** What a backup says of itself; it is its last entry. */
export const manifest = z.object({
  milepost: z.literal("backup"),
  format: z.literal(1),
  version: z.string(),
  madeAt: z.string(),
  /** When the newest change of the tables was generated, in milliseconds since 1970. */
  tables: z.number(),
  /** Whether the key lies in the backup or is kept elsewhere. */
  key: z.enum(["inside", "elsewhere"]),
  leftOut: z.array(z.string()),
  files: z.array(
    z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string(), isProgram: z.boolean() }),
  ),
});
export type Manifest = z.infer<typeof manifest>;

export const manifestName = "manifest.json";
