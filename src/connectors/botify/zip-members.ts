import type { Entry } from "yauzl";
import { AppError } from "#core/errors.ts";
import { listed } from "./listed.ts";

/** No export comes near it; a zip that was made to hold somebody up does. */
export const mostMembers = 1_000;

/** Ways of packing that are read: none and Deflate (PKWARE's APPNOTE, 4.4.5). */
export const deflate = 8;
const stored = 0;

const otherPackings = new Map([
  [9, "Deflate64, as Windows packs what is large"],
  [12, "bzip2"],
  [14, "LZMA"],
  [93, "Zstandard"],
  [95, "xz"],
  [98, "PPMd"],
]);

/** The upper half of a member's attributes is its mode where it was packed on a Unix (made by 3). */
const isLink = ({ externalFileAttributes, versionMadeBy }: Entry): boolean =>
  versionMadeBy >> 8 === 3 && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/**
 * The files of a zip that are the export: its CSVs, or its only file, or the numbered parts that are all it holds. What packing programs, editors
 * and Spark add for themselves is none. Several are parts, in the order of their numbers; one that is there twice is taken once.
 * Throws AppError("remote-odd") with the names where it cannot be told which one is meant, or where one cannot be read.
 */
export const chooseMembers = (entries: readonly Entry[]): { chosen: Entry[]; others: string[] } => {
  if (entries.length > mostMembers)
    throw noExport(
      `The zip file holds more than ${mostMembers.toLocaleString("en")} files, which no export does.`,
    );
  const files = entries.filter(({ fileName }) => !fileName.endsWith("/") && !isByproduct(fileName));
  const chosen = once(tables(files));
  if (chosen.length === 0 && files.some(({ fileName }) => ofOffice.test(fileName)))
    throw noExport(
      "The downloaded file is a workbook or another document of an office program, which Milepost cannot read; it reads CSV, plain or packed as gzip or zip.",
    );
  if (chosen.length === 0)
    throw noExport(
      `The zip file holds no CSV file${files.length === 0 ? "" : `, only ${listed(files.map(({ fileName }) => fileName))}`}.`,
    );
  for (const one of chosen) assertReadable(one);
  return {
    chosen: chosen.toSorted((a, b) => a.fileName.localeCompare(b.fileName, "en", { numeric: true })),
    others: files.filter((file) => !chosen.includes(file)).map(({ fileName }) => fileName),
  };
};

const ofOffice = /^(\[Content_Types\]\.xml|META-INF\/manifest\.xml|mimetype)$/;

const tables = (files: readonly Entry[]): readonly Entry[] => {
  const named = (ending: RegExp) => files.filter(({ fileName }) => ending.test(fileName));
  for (const ending of [/\.csv(\.gz)?$/i, /\.(tsv|tab)(\.gz)?$/i, /(^|\/)part-[^/.]*$/])
    if (named(ending).length > 0) return named(ending);
  return files.length === 1 ? files : [];
};

/** A copy of a file beside it is no part of the export; two of one name that differ are refused. */
const once = (files: readonly Entry[]): Entry[] => {
  const kept: Entry[] = [];
  for (const file of files) {
    const { fileName, crc32, uncompressedSize } = file;
    if (
      uncompressedSize > 0 &&
      kept.some((one) => one.crc32 === crc32 && one.uncompressedSize === uncompressedSize)
    )
      continue;
    if (kept.some((one) => one.fileName === fileName))
      throw noExport(
        `The zip file holds ${listed([fileName])} more than once, with different content, so it cannot be told which of them is the export.`,
      );
    kept.push(file);
  }
  return kept;
};

const assertReadable = (entry: Entry): void => {
  const name = listed([entry.fileName]);
  if (isLink(entry))
    throw noExport(`${name} in the zip file is only a link to another file, not the file itself.`);
  if (entry.isEncrypted())
    throw noExport(`${name} in the zip file is encrypted, and Milepost has no password for it.`);
  const packing = entry.compressionMethod;
  if (packing !== deflate && packing !== stored)
    throw noExport(
      `${name} in the zip file is packed by ${otherPackings.get(packing) ?? `method ${packing}`}, which Milepost cannot read; it reads Deflate.`,
    );
};

/** Of Finder, Windows, servers for files, Office, LibreOffice, Emacs and Spark. */
const byproducts = [
  /^\.|^~\$|~$|^#.*#$/,
  /^(__MACOSX|Icon\r|Thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|@eaDir|#recycle|lost\+found)$/i,
  /^_(SUCCESS|temporary|metadata|common_metadata|(started|committed)_\d+)$/,
];

const isByproduct = (name: string): boolean =>
  name.split(/[/\\]/).some((part) => byproducts.some((one) => one.test(part)));

const noExport = (sentence: string) => new AppError("remote-odd", sentence);
