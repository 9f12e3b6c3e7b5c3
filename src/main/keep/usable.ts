import { accessSync, chmodSync, constants, existsSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { getSystemErrorMessage } from "node:util";
import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { makeFolder } from "#main/make-folder.ts";
import { unreadableRows } from "#store/sqlite/contents.ts";
import { damageOf } from "#store/sqlite/soundness.ts";
import { wrongKind } from "./kinds.ts";
import { assertLogWhole } from "./lost-log.ts";
import { assertNotMoved } from "./moved-mark.ts";
import { unfitDatabase } from "./unfit-database.ts";

/** Looks through the whole database at a start up to this size; a larger one would keep people waiting. */
const mostLookedAtBytes = 64 * 1024 * 1024;

/**
 * Looks at a data folder before a server begins on it: may we write it, does nobody else read it, and is what belongs together there and
 * sound; the database only where it is kept in it. Makes one that is not there. Throws AppError("conflict") with path and remedy; nothing was changed then but modes.
 */
export const assertUsable = (at: DataFolder, log: Pick<Log, "warn">, keepsDatabase = true): void => {
  makeDataFolder(at.folder);
  const kind = wrongKind(at);
  if (kind !== undefined) throw kind;
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

const makeDataFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  try {
    makeFolder(folder);
  } catch (cause) {
    // A link that leads nowhere, or a file above it: that has its own sentence.
    if (cause instanceof AppError && codeOf(cause.cause) === "EEXIST") throw cause;
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
  assertLogWhole(at.database);
  const size = statSync(at.database, { throwIfNoEntry: false })?.size ?? 0;
  const damage = size > 0 && size <= mostLookedAtBytes ? firstDamage(at.database) : undefined;
  if (damage !== undefined) throw damaged(at.database, damage);
  const unfit = unfitDatabase(at);
  if (unfit !== undefined) throw unfit;
};

const firstDamage = (file: string): string | undefined =>
  damageOf(file, "quickly")[0] ?? unreadableRows(file)[0];

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
