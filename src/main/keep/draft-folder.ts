import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#core/errors.ts";
import { makeFolder, removeFolders } from "#main/make-folder.ts";
import { holdAlone, isInUse } from "#store/sqlite/only-server.ts";

/**
 * An empty folder for what is being made, with those above it. One that was left behind by whoever was killed is emptied; one that somebody
 * works in, or that has other things in it, is refused by AppError("conflict").
 */
export const draftFolder = (folder: string): { remove(): void } => {
  const made = makeFolder(folder);
  try {
    if (!readdirSync(folder).every((name) => ours.test(name)))
      throw new AppError(
        "conflict",
        `${folder} is there already, with other things in it than a backup leaves. Choose another name for the backup.`,
      );
    const lock = join(folder, "draft");
    if (isInUse(lock))
      throw new AppError(
        "conflict",
        `Another backup is just being made in ${folder}. Wait until it has ended, or choose another name.`,
      );
    const held = holdAlone(lock);
    for (const name of readdirSync(folder))
      if (!name.startsWith("draft.lock")) rmSync(join(folder, name), { recursive: true });
    return {
      remove() {
        held.release();
        rmSync(folder, { recursive: true, force: true });
        removeFolders(made.filter((one) => one !== folder));
      },
    };
  } catch (error) {
    removeFolders(made);
    throw error;
  }
};

/** Copies of databases are numbered, and SQLite has files beside them. */
const ours = /^(\d+|backup\.zip|draft\.lock)(-\w+)?$/;
