import { createWriteStream, existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ontoDisk } from "#apps/onto-disk.ts";
import { AppError } from "#core/errors.ts";
import { type DataFolder, inDataFolder } from "#main/data-folder.ts";
import { makeFolder } from "#main/make-folder.ts";
import { sealedIn } from "#store/sealed.ts";
import { migrationsFolder, newestIn } from "#store/sqlite/migrations.ts";
import { isInUse } from "#store/sqlite/only-server.ts";
import { damageOf } from "#store/sqlite/soundness.ts";
import { lookingAt } from "./alone.ts";
import { readArchive, readManifest } from "./archive.ts";
import { opensAny } from "./key.ts";
import type { Manifest } from "./manifest.ts";
import { unfinished } from "./usable.ts";

/**
 * Puts a backup into an empty data folder. Everything is read, compared and looked through before the first file gets its place; cut off
 * at whatever moment, it can be done again and no server begins on a half. Throws AppError("conflict", "bad-input").
 */
export const restore = async (
  at: DataFolder,
  file: string,
  givenKey: Uint8Array | null,
): Promise<Manifest> => {
  assertEmpty(at);
  const about = await readManifest(file);
  if (about.tables > newestIn(migrationsFolder))
    throw new AppError(
      "conflict",
      `${file} was made by a newer Milepost (${about.version}). Restore it with that one.`,
    );
  const part = join(at.folder, unfinished);
  makeFolder(at.folder);
  await chmod(at.folder, 0o700);
  await mkdir(part, { mode: 0o700, recursive: true });
  for (const name of await readdir(at.folder))
    if (name !== unfinished) await rm(join(at.folder, name), { recursive: true });
  await rm(part, { recursive: true });
  await mkdir(part, { mode: 0o700 });
  try {
    await readArchive(file, async (bytes, { path, isProgram }) => {
      const to = join(part, path);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      const mode = isProgram ? 0o700 : 0o600;
      await pipeline(bytes, createWriteStream(to, { flags: "wx", mode, flush: true }));
    });
    await assertUsableBackup(inDataFolder(part), file, about, givenKey);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
  for (const name of readdirSync(part)) await rename(join(part, name), join(at.folder, name));
  ontoDisk(at.folder);
  await rm(part, { recursive: true });
  ontoDisk(at.folder);
  return about;
};

const assertEmpty = ({ folder, database }: DataFolder): void => {
  if (!existsSync(folder)) return;
  if (isInUse(database))
    throw new AppError(
      "conflict",
      `A Milepost server is running on ${folder}. A backup is restored into an empty folder: stop the server and move that one away, or name another with MILEPOST_DATA.`,
    );
  const names = readdirSync(folder).filter((name) => name !== "lost+found" && name !== "bundle");
  if (names.length === 0 || names.includes(unfinished)) return;
  throw new AppError(
    "conflict",
    `${folder} is not empty. A backup is restored into an empty folder: move that one away, or name another with MILEPOST_DATA.`,
  );
};

const assertUsableBackup = async (
  { database, key }: DataFolder,
  file: string,
  about: Manifest,
  givenKey: Uint8Array | null,
): Promise<void> => {
  const [damage] = damageOf(database, "wholly");
  if (damage !== undefined) throw new AppError("bad-input", `The database in ${file} is damaged: ${damage}.`);
  if (about.key === "elsewhere" && givenKey === null)
    throw new AppError("bad-input", `The key of ${file} was kept outside of it. Give it with MILEPOST_KEY.`);
  if (
    !opensAny(givenKey ?? (await readFile(key)), await lookingAt(database, sealedIn), () => new Uint8Array())
  )
    throw new AppError("bad-input", `The key does not open the secrets in ${file}.`);
};
