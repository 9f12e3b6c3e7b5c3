import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import type { WebDeps } from "./deps.ts";
import { findExport } from "./find-export.ts";

/** Deletes the file of an export; what is known of it stays. Throws AppError "not-found" and "not-allowed-now". */
export const deleteFile = async (
  { store, files, clock }: Pick<WebDeps, "store" | "files" | "clock">,
  id: string,
  by: Actor,
): Promise<void> => {
  const row = await findExport(store, id);
  if (row.status !== "ready" || row.filePath === null)
    throw new AppError("not-allowed-now", "This export has no file to delete.");
  await files.remove(row.filePath);
  await store.exports.markDeleted(id);
  await store.accounts.audit({
    at: clock.now(),
    by,
    did: "deleted the file of an export",
    target: row.title,
  });
};
