import type { Entry } from "yauzl";
import { AppError } from "#core/errors.ts";

/** No export comes near it; a zip that was made to hold somebody up does. */
export const mostMembers = 1_000;

/** The upper half of a member's attributes is its mode where it was packed on a Unix (made by 3). */
const isLink = ({ externalFileAttributes, versionMadeBy }: Entry): boolean =>
  versionMadeBy >> 8 === 3 && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/**
 * The files of a zip that are the export: its CSVs, or its only file. What packing programs add for themselves is none: the Finder's
 * `__MACOSX` with its `._` twins, hidden files, Windows' lists of small pictures. Several are parts, in the order of their numbers.
 * Throws AppError("remote-odd") with the names where it cannot be told which one is meant.
 */
export const chooseMembers = (entries: readonly Entry[]): { chosen: Entry[]; others: string[] } => {
  if (entries.length > mostMembers)
    throw new AppError(
      "remote-odd",
      `The zip file holds more than ${mostMembers.toLocaleString("en")} files, which no export does.`,
    );
  const files = entries.filter(({ fileName }) => !fileName.endsWith("/") && !isByproduct(fileName));
  const csvs = files.filter(({ fileName }) => /\.csv(\.gz)?$/i.test(fileName));
  const chosen = csvs.length > 0 ? csvs : files;
  if (chosen.length === 0 || (csvs.length === 0 && files.length > 1))
    throw new AppError(
      "remote-odd",
      `The zip file holds no CSV file${files.length === 0 ? "" : `, only ${listed(files.map(({ fileName }) => fileName))}`}.`,
    );
  const link = chosen.find(isLink);
  if (link !== undefined)
    throw new AppError(
      "remote-odd",
      `“${link.fileName}” in the zip file is only a link to another file, not the file itself.`,
    );
  return {
    chosen: chosen.toSorted((a, b) => a.fileName.localeCompare(b.fileName, "en", { numeric: true })),
    others: files.filter((file) => !chosen.includes(file)).map(({ fileName }) => fileName),
  };
};

const isByproduct = (name: string): boolean =>
  name
    .split(/[/\\]/)
    .some((part) => part.startsWith(".") || /^(__MACOSX|Thumbs\.db|desktop\.ini|Icon\r)$/i.test(part));

export const listed = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((name) => `“${name}”`)
    .join(", ") + (names.length > 5 ? " and more" : "");
