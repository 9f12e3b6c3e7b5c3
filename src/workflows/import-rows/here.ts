import { createWriteStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Into } from "#apps/bulk/bulk-order.ts";
import type { CsvFile } from "#apps/bulk/csv-file.ts";
import { own } from "#apps/runtime/own.ts";
import { AppError } from "#core/errors.ts";
import type { Host } from "#workflows/host.ts";
import type { ImportInput } from "./input.ts";

/** The file on this machine's disk, brought here where it is kept elsewhere. Throws AppError("not-found") once it is no longer kept. */
export const fileHere = async (
  { files }: Pick<Host, "files">,
  { file, encoding }: ImportInput,
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

/** The table as it is now. Throws AppError("not-found"). */
export const intoNow = (
  { apps }: Pick<Host, "apps">,
  { slug, table }: ImportInput,
  run: string,
  by: string,
): Into => {
  const { db, schema } = apps.open(slug);
  if (own(schema.tables, table) === undefined)
    throw new AppError("not-found", `“${schema.title}” no longer has the table that this import is for.`);
  return { db: db.name, schema, table, run, by };
};
