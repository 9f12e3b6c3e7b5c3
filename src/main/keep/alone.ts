import { existsSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { holdAlone } from "#store/sqlite/only-server.ts";

/** Does something with data that no server uses meanwhile. Throws AppError("conflict") when one does, or when there are none. */
export const alone = async <T>(at: DataFolder, work: () => Promise<T>): Promise<T> => {
  if (!existsSync(at.database)) throw noData(at);
  const held = holdAlone(at.database);
  try {
    return await work();
  } finally {
    held.release();
  }
};

export const noData = ({ folder }: DataFolder): AppError =>
  new AppError(
    "not-found",
    `There are no data of Milepost in ${folder}. Say with MILEPOST_DATA where they are.`,
  );
