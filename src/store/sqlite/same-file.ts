import { readdirSync, readlinkSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import type Database from "better-sqlite3";

/** Another file lies where the database was opened, or none: what is written goes to one that nobody will find. */
export class FileReplaced extends Error {}

/**
 * Gives a look at the place of the database, which throws FileReplaced where a file was put over it by renaming, or it was removed. SQLite keeps to
 * the file that it opened, whatever becomes of its name.
 */
export const createSameFileCheck = (client: Database.Database): (() => void) => {
  const path = client.name;
  const first = client.memory ? null : identityOf(path);
  return () => {
    if (first === null || identityOf(path) === first || isOpenHere(path)) return;
    throw new FileReplaced(`${path} is not the file any more that was opened.`);
  };
};

/**
 * Puts aside the log of the database that lay at a path, where it is the one that is open here: whoever opened the file that lies there now would read
 * the last commits of the other one into it. As "-wal.replaced" it still belongs to that one.
 */
export const setLogAside = (path: string): void => {
  if (!isOpenHere(`${path}-wal`)) return;
  renameSync(`${path}-wal`, `${path}-wal.replaced`);
  rmSync(`${path}-shm`, { force: true });
};

/** Null where nothing lies. */
const identityOf = (path: string): string | null => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
};

/** Some file systems number a file anew; Linux tells which ones are open by their names. */
const isOpenHere = (path: string): boolean => {
  try {
    const real = realpathSync(path);
    return readdirSync("/proc/self/fd").some((fd) => linkOf(`/proc/self/fd/${fd}`) === real);
  } catch {
    return false;
  }
};

const linkOf = (link: string): string | null => {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
};
