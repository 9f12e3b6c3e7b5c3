import { createWriteStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";
import type { CsvFile } from "./csv-file.ts";

/** A file that was sent, on this machine's disk, brought here where it is kept elsewhere. Throws AppError("not-found") once it is no longer kept. */
export const fileHere = async (
  files: Files,
  { file, encoding }: { file: string; encoding: string | null },
  signal: AbortSignal,
): Promise<CsvFile> => {
  const size = await files.size(file);
  if (size === null)
    throw new AppError(
      "not-found",
      "The file is no longer kept here: what was sent is kept for a week. Start anew with the file.",
    );
  if (size === 0) throw new AppError("bad-input", "The file is empty. Start anew with another one.");
  const path = await files.place(file);
  if (statSync(path, { throwIfNoEntry: false })?.size !== size)
    await pipeline(files.open(file, 0, size - 1), createWriteStream(path), { signal });
  return { path, encoding };
};

/** Where the rows of a file that were left out are written, until they are handed over. */
export const leftBeside = (path: string): string => `${path}.left.csv`;
