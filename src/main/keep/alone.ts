import { existsSync } from "node:fs";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import type { Plain } from "#store/plain.ts";
import { holdAlone } from "#store/sqlite/only-server.ts";
import { openPlain } from "#store/sqlite/plain.ts";
import { lostLog } from "./lost-log.ts";

/**
 * Does something with data that no server uses meanwhile. Throws AppError("conflict") when one does, when there are none, and when the newest of
 * them cannot be read: to open them would lose these.
 */
export const alone = async <T>(at: DataFolder, work: () => Promise<T>): Promise<T> => {
  if (!existsSync(at.database)) throw noData(at);
  return holding(at, () => {
    const lost = lostLog(at.database);
    if (lost !== undefined) throw lost;
    return work();
  });
};

/** Does something with a data folder that no server uses meanwhile, in whatever state it is. Throws AppError("conflict") when one does. */
export const holding = async <T>(at: DataFolder, work: () => Promise<T>): Promise<T> => {
  if (!existsSync(at.folder)) throw noData(at);
  const held = holdAlone(at.database);
  try {
    return await work();
  } finally {
    held.release();
  }
};

/** Does something with the database of a data folder, or with the one at an address, that no server uses meanwhile. Throws as `alone` does. */
export const aloneWith = async <T>(
  at: DataFolder,
  database: string | null,
  work: (plain: Plain) => Promise<T>,
): Promise<T> => {
  if (database === null) return alone(at, () => within(openPlain(at.database, { looks: false }), work));
  return within(await (await postgres()).openPlain(database, { looks: false }), work);
};

/** Looks at a database file, whoever uses it meanwhile. */
export const lookingAt = async <T>(file: string, look: (plain: Plain) => Promise<T>): Promise<T> =>
  within(openPlain(file, { looks: true }), look);

/** Looks at the database at an address, whoever uses it meanwhile. */
export const lookingAtPostgres = async <T>(url: string, look: (plain: Plain) => Promise<T>): Promise<T> =>
  within(await (await postgres()).openPlain(url, { looks: true }), look);

/** Loaded only where it is used. */
const postgres = () => import("#store/postgres/plain.ts");

/** Does something with an open database, and closes it. */
export const within = async <T>(plain: Plain, work: (plain: Plain) => Promise<T>): Promise<T> => {
  try {
    return await work(plain);
  } finally {
    await plain.close();
  }
};

export const noData = ({ folder }: DataFolder): AppError =>
  new AppError(
    "not-found",
    `There are no data of Milepost in ${folder}. Say with MILEPOST_DATA where they are.`,
  );
