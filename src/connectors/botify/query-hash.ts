import { createHash } from "node:crypto";

/**
 * What makes two exports the same: sha256 over org, project and the whole query with its keys in one order.
 * Everything counts, the columns too; the order of arrays counts, because it is the order of the columns.
 */
export const queryHash = (org: string, project: string, body: unknown): string =>
  createHash("sha256")
    .update(canonicalJson([org, project, body]))
    .digest("hex");

/** JSON whose object keys are sorted at every level; what JSON leaves out (undefined) is left out. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
