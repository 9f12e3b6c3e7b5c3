import { createReadStream, existsSync } from "node:fs";
import { readFile, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ontoDisk } from "#apps/onto-disk.ts";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { sealedIn } from "#store/sealed.ts";
import { tablesOf } from "#store/sqlite/migrations.ts";
import { copyDatabase, damageOf } from "#store/sqlite/soundness.ts";
import { lookingAt, noData } from "./alone.ts";
import { readArchive, writeArchive } from "./archive.ts";
import { type DataFile, dataFiles } from "./data-files.ts";
import { draftFolder } from "./draft-folder.ts";
import { opensAny } from "./key.ts";
import { assertLogWhole } from "./lost-log.ts";
import type { Manifest } from "./manifest.ts";

interface Backup {
  at: DataFolder;
  file: string;
  version: string;
  /** From the environment; it is not put into the backup. */
  givenKey: Uint8Array | null;
}

interface Made {
  about: Manifest;
  /** Earlier ones in the data folder, which were left out. */
  backups: string[];
}

/**
 * Puts everything of a data folder into one file, also while a server uses it, and reads that back before it gets its name. Throws
 * AppError("conflict") when there is a file of that name, or when what was copied cannot be used.
 */
export const backUp = async ({ at, file, version, givenKey }: Backup): Promise<Made> => {
  if (!existsSync(at.database)) throw noData(at);
  assertLogWhole(at.database);
  assertFree(file);
  // Beside the file, because that is where there has to be room.
  const work = `${file}.part`;
  const drafts = draftFolder(work);
  try {
    const { files, leftOut, backups } = dataFiles(at);
    const copies = await copyAll(at, files, work);
    const database = copies.get("milepost.sqlite") ?? "";
    const [damage] = damageOf(database, "wholly");
    if (damage !== undefined)
      throw new AppError("conflict", `${at.database} is damaged (${damage}), so no backup was made of it.`);
    const key = givenKey ?? (await readFile(copies.get("key") ?? at.key));
    if (!opensAny(key, await lookingAt(database, sealedIn), noRandom))
      throw new AppError(
        "conflict",
        "The key does not open the secrets in the database, so no backup was made. milepost check tells more.",
      );
    const sources = files.flatMap(({ path, isProgram }) => {
      const copy = copies.get(path);
      return copy === undefined ? [] : [{ path, isProgram, open: () => createReadStream(copy) }];
    });
    const draft = join(work, "backup.zip");
    const whole = await writeArchive(draft, sources, {
      milepost: "backup",
      format: 1,
      version,
      madeAt: new Date().toISOString(),
      tables: tablesOf(database),
      key: givenKey === null ? "inside" : "elsewhere",
      leftOut: [...leftOut, ...backups],
    });
    await readArchive(draft, (bytes) => pipeline(bytes, nowhere()));
    assertFree(file);
    await rename(draft, file);
    ontoDisk(dirname(file));
    return { about: whole, backups };
  } finally {
    drafts.remove();
  }
};

const assertFree = (file: string): void => {
  if (existsSync(file))
    throw new AppError(
      "conflict",
      `${file} is there already. Choose another name: a backup replaces nothing.`,
    );
};

/**
 * Where the bytes of each file are to be read from. Databases are copied as they are at one moment, the main one first: what it
 * says of files is then true of those that follow. A key that could be replaced meanwhile is copied too.
 */
const copyAll = async (at: DataFolder, files: readonly DataFile[], work: string) => {
  const copies = new Map<string, string>();
  for (const [n, { path, isDatabase }] of files.entries()) {
    const from = join(at.folder, path);
    const copy = join(work, String(n));
    // What was deleted meanwhile is not missed.
    if ((await stat(from).catch(() => null)) === null) continue;
    if (isDatabase) await copyDatabase(from, copy);
    copies.set(path, isDatabase ? copy : from);
  }
  return copies;
};

const noRandom = () => new Uint8Array();
const nowhere = () => new Writable({ write: (_chunk, _encoding, next) => next() });
