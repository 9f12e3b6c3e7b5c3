import type { Into } from "#apps/bulk/bulk-order.ts";
import { own } from "#apps/runtime/own.ts";
import { AppError } from "#core/errors.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "./input.ts";

/** The table as it is now. Throws AppError("not-found"). */
export const intoNow = (
  { apps }: Pick<Host, "apps">,
  { slug, table }: ImportInput,
  run: string,
  by: string,
): Into => {
  const { at, schema } = apps.open(slug);
  if (own(schema.tables, table) === undefined)
    throw new AppError("not-found", `“${schema.title}” no longer has the table that this import is for.`);
  return { at, schema, table, run, by };
};
