import { statSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";

/** What should be a file and is a folder, or the other way round, which would be told much later and in words of the system: an AppError("conflict") that says what to do. */
export const wrongKind = (at: DataFolder): AppError | undefined => {
  const [wal, index, lock] = [`${at.database}-wal`, `${at.database}-shm`, `${at.database}.lock`];
  const folders = [
    at.folder,
    at.exports,
    at.logs,
    at.apps,
    at.workflowCode,
    at.sandbox,
    at.before,
    at.jobs,
    at.asked,
  ];
  const files = [at.database, wal, index, lock, at.key, at.version, at.looked, at.address];
  const madeAnew = [index, lock, at.version, at.looked, at.address, at.asked];
  for (const path of [...files, ...folders]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory() === folders.includes(path)) continue;
    const [is, should] = found.isDirectory() ? ["folder", "file"] : ["file", "folder"];
    return new AppError(
      "conflict",
      path === at.folder
        ? `${path} is a file, and the data need a folder. Name one with MILEPOST_DATA.`
        : `${path} is a ${is} and should be a ${should}. Nothing was changed. Move it away${
            madeAnew.includes(path)
              ? "; a new one is made, and nothing is lost by that."
              : " and put back what was there, or restore the newest backup into an empty folder: milepost restore FILE."
          }`,
    );
  }
  return undefined;
};
