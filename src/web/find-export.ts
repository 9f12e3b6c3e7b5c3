import { AppError } from "#core/errors.ts";
import type { Export } from "#core/exports.ts";
import type { Store } from "#core/store.ts";

/** Throws AppError("not-found"). */
export const findExport = async ({ exports }: Pick<Store, "exports">, id: string): Promise<Export> => {
  const row = await exports.get(id);
  if (row === null) throw new AppError("not-found", "There is no such export.");
  return row;
};
