import { accessSync, chmodSync, constants, existsSync, readdirSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { makeFolder } from "#main/make-folder.ts";
import { unreadableRows } from "#store/sqlite/contents.ts";
import { damageOf, isEmpty } from "#store/sqlite/soundness.ts";
import { assertNotMoved } from "./moved-mark.ts";

/** Looks through the whole database at a start up to this size; a larger one would keep people waiting. */
const mostLookedAtBytes = 64 * 1024 * 1024;

/**
 * Looks at a data folder before a server begins on it: may we write it, does nobody else read it, and is what belongs together there and
 * sound; the database only where it is kept in it. Makes one that is not there. Throws AppError("conflict") with path and remedy; nothing was changed then but modes.
 */
export const assertUsable = (at: DataFolder, log: Pick<Log, "warn">, keepsDatabase = true): void => {
  makeDataFolder(at.folder);
  assertKinds(at);
  assertWritable(at.folder, constants.R_OK | constants.W_OK | constants.X_OK);
  for (const path of contents(at)) assertWritable(path, constants.R_OK | constants.W_OK);
  assertSecret(at.key);
  for (const path of [at.folder, ...contents(at)])
    if (closeToOthers(path)) log.warn({ path }, "could be read by others; that is put right");
  if (existsSync(join(at.folder, unfinished)))
    throw new AppError(
      "conflict",
      `A restore into ${at.folder} was cut off. Do it again: milepost restore FILE.`,
    );
  if (!keepsDatabase) return;
  assertNotMoved(at);
  assertDatabase(at);
};

/** While it is there, what lies beside it was put there by a restore that has not ended. */
export const unfinished = ".restoring";

/** What others may have read opens every secret from then on: to take the right away would hide it. */
const assertSecret = (key: string): void => {
  const mode = statSync(key, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return;
  throw new AppError(
    "conflict",
    `The key ${key} could be read by others (its mode is ${(mode & 0o777).toString(8)}), and whoever has it and the database can read every secret. If nobody did, take that right away and start again: chmod 600 ${key}. If somebody may have, do that, then make a new key with milepost rotate-key and change the secrets themselves.`,
  );
};

/** Whether others may look at what is for this user only; takes their rights away. */
const closeToOthers = (path: string): boolean => {
  const { mode } = statSync(path);
  if ((mode & 0o077) === 0) return false;
  chmodSync(path, mode & 0o700);
  return true;
};

/** What is ours in it: a folder that is a disk of its own has other things too. */
const contents = ({ database, key, exports, apps, sandbox, before, workflowCode }: DataFolder): string[] =>
  [
    database,
    `${database}-wal`,
    `${database}-shm`,
    `${database}.lock`,
    key,
    exports,
    apps,
    sandbox,
    before,
    workflowCode,
  ].filter((path) => existsSync(path));

/** What should be a file and is a folder, or the other way round, would be told much later and in words of the system. */
const assertKinds = (at: DataFolder): void => {
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
  const files = [at.database, `${at.database}.lock`, at.key, at.version, at.address];
  for (const path of [...files, ...folders]) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || found.isDirectory() === folders.includes(path)) continue;
    const [is, should] = found.isDirectory() ? ["folder", "file"] : ["file", "folder"];
    throw new AppError(
      "conflict",
      path === at.folder
        ? `${path} is a file, and the data need a folder. Name one with MILEPOST_DATA.`
        : `${path} is a ${is} and should be a ${should}. Nothing was changed. Move it away${
            [`${at.database}.lock`, at.version, at.address, at.asked].includes(path)
              ? "; a new one is made, and nothing is lost by that."
              : " and put back what was there, or restore the newest backup into an empty folder: milepost restore FILE."
          }`,
    );
  }
};

const makeDataFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new AppError(
      "conflict",
      `Milepost cannot make its data folder ${folder} (${reasonOf(cause)}). Make it for ${whoAmI()}, or name another one with MILEPOST_DATA.`,
      { cause },
    );
  }
};

const assertWritable = (path: string, rights: number): void => {
  try {
    accessSync(path, rights);
  } catch (cause) {
    throw new AppError("conflict", `Milepost may not write ${path}: ${whyNot(path, cause)}`, { cause });
  }
};

const whyNot = (path: string, cause: unknown): string => {
  if (codeOf(cause) === "EROFS")
    return "its file system is mounted for reading only. Mount it for writing, or name another folder with MILEPOST_DATA.";
  const { uid, mode } = statSync(path);
  if (uid !== process.getuid?.())
    return `it belongs to user ${uid}, and Milepost runs as ${whoAmI()}. Give the data to that one (chown -R ${process.getuid?.()} on the data folder), or run Milepost as the user to whom they belong.`;
  return `its mode is ${(mode & 0o777).toString(8)}. Allow it with chmod u+rwX.`;
};

const assertDatabase = (at: DataFolder): void => {
  const others = [at.key, at.exports, at.apps].filter(hasContent);
  const there = existsSync(at.database) && statSync(at.database).size > 0;
  if (there) {
    const isSmall = statSync(at.database).size <= mostLookedAtBytes;
    const damage = isSmall ? firstDamage(at.database) : undefined;
    if (damage !== undefined) throw damaged(at.database, damage);
    if (!isEmpty(at.database) || others.length === 0) return;
  }
  if (others.length === 0) return;
  throw new AppError(
    "conflict",
    `${at.database} is ${existsSync(at.database) ? "empty" : "missing"}, though ${others.join(" and ")} ${others.length === 1 ? "is" : "are"} there. Put it back, with its -wal file if there is one, or restore a backup into an empty folder: milepost restore FILE. To begin anew, move away what is in ${at.folder}.`,
  );
};

const firstDamage = (file: string): string | undefined =>
  damageOf(file, "quickly")[0] ?? unreadableRows(file)[0];

const hasContent = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  return found.isDirectory() ? readdirSync(path).length > 0 : found.size > 0;
};

/** A database that cannot be trusted, with what to do. */
const damaged = (file: string, how: string): AppError =>
  new AppError(
    "conflict",
    `${file} is damaged (${how}). Nothing was changed. Move the data folder away and restore the newest backup with milepost restore FILE; milepost check tells more of the damage.`,
  );

const whoAmI = (): string => {
  try {
    return `${userInfo().username} (${process.getuid?.()})`;
  } catch {
    // A user of a container need not have a name.
    return `user ${process.getuid?.()}`;
  }
};

/** In the words of the system: "permission denied". */
const reasonOf = (error: unknown): string => {
  const { errno } = (error instanceof AppError ? error.cause : error) as NodeJS.ErrnoException;
  return errno === undefined ? String(error) : getSystemErrorMessage(errno);
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
