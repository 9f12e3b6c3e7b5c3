import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { deleteFile } from "#web/delete-file.ts";
import type { WebDeps } from "#web/deps.ts";
import { assertMayDelete } from "#web/may.ts";

/** What became of the exports that somebody chose. */
export interface DeletedFiles {
  deleted: number;
  /** Why others were not: a sentence each. */
  refused: readonly string[];
}

/**
 * Deletes the file of one after the other; one that has none, or is not theirs to delete, keeps none of the others. Throws
 * AppError("bad-input") where none was chosen.
 */
export const deleteExports = async (
  deps: Pick<WebDeps, "store" | "files" | "clock">,
  ids: readonly string[],
  identity: Identity,
): Promise<DeletedFiles> => {
  if (ids.length === 0) throw new AppError("bad-input", "Choose the exports first, then delete their files.");
  let deleted = 0;
  const refused: string[] = [];
  for (const id of new Set(ids)) {
    // Of what is not there for whoever asks, not even the name is told.
    let name = "One of them";
    try {
      name = (await assertMayDelete(identity, id, deps.store)).title;
      await deleteFile(deps, id, identity.by);
      deleted += 1;
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
      refused.push(`${name}: ${thrown.message}`);
    }
  }
  return { deleted, refused };
};
