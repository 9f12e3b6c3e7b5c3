import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished, pipeline } from "node:stream/promises";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { holdsEntry, type Verified, verifyAudit } from "#store/sqlite/audit-faults.ts";
import { readArchive } from "./archive.ts";

/**
 * Looks through the audit of a backup, or of a database that was saved beside the data, and whether the audit here goes on from it; null: there
 * is none here. Throws AppError("bad-input") for a file that is neither, or is damaged.
 */
export const verifySaved = async (
  at: DataFolder,
  file: string,
): Promise<{ found: Verified; goesOnHere: boolean | null }> => {
  const folder = await mkdtemp(join(tmpdir(), "milepost-audit-"));
  try {
    const found = verifyAudit((await isDatabase(file)) ? file : await databaseIn(at, file, folder));
    const goesOnHere =
      found.last === null || !existsSync(at.database) ? null : holdsEntry(at.database, found.last);
    return { found, goesOnHere };
  } finally {
    await rm(folder, { recursive: true });
  }
};

const isDatabase = async (file: string): Promise<boolean> => {
  if (!existsSync(file)) throw new AppError("bad-input", `There is no file ${file}.`);
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString("latin1") === "SQLite format 3\0";
  } finally {
    await handle.close();
  }
};

const databaseIn = async ({ folder: data, database }: DataFolder, backup: string, folder: string) => {
  const copy = join(folder, "milepost.sqlite");
  await readArchive(backup, async (bytes, { path }) => {
    if (join(data, path) === database) return pipeline(bytes, createWriteStream(copy, { mode: 0o600 }));
    bytes.resume();
    await finished(bytes);
  });
  return copy;
};
