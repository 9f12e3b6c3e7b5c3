import type { OddEnd } from "#connectors/botify/csv-end.ts";
import { listed } from "#connectors/botify/listed.ts";
import type { UnpackedCsv } from "#connectors/botify/unpack.ts";
import { foreignText } from "#core/foreign.ts";
import { plural } from "#core/plural.ts";
import type { ChosenColumns } from "./steps/columns.ts";
import type { Confirmed } from "./steps/confirm.ts";

/** What was ordered, as far as a file can be held against it. */
export interface Ordered {
  columns: ChosenColumns;
  confirm: Confirmed;
}

/** In what a file contradicts its order, a sentence each. `expectedRows` is exact, or null where rows could only be estimated. */
export const doubtsOf = (
  {
    rows,
    header,
    emptyParts,
    uneven,
    unaddressed,
    oddEnd,
    binaryHeader,
    isUtf8,
  }: Pick<
    UnpackedCsv,
    "rows" | "header" | "emptyParts" | "uneven" | "unaddressed" | "oddEnd" | "binaryHeader" | "isUtf8"
  >,
  { columns, confirm }: Ordered,
  expectedRows: number | null,
): string[] => {
  const doubts: string[] = [];
  const ordered = new Set(["url", ...columns.fields]).size;
  if (expectedRows !== null && rows !== expectedRows)
    doubts.push(
      `${plural(expectedRows, "row")} ${expectedRows === 1 ? "was" : "were"} counted before the export, and ${rows.toLocaleString("en")} came: ${difference(rows, expectedRows)}.`,
    );
  if (expectedRows === null && rows === 0 && confirm.rows > 0)
    doubts.push(`About ${plural(confirm.rows, "row")} were expected, and none came.`);
  if (emptyParts.length > 0 && rows !== expectedRows)
    doubts.push(`${emptySentence(emptyParts)} What belongs there may be missing.`);
  if (isAddress(header[0]))
    doubts.push(
      "The first line is no header but begins with the address of a page, so a row may be taken for it.",
    );
  if (binaryHeader)
    doubts.push(
      "The header holds NUL or other control characters, so the file may be no text, or UTF-16 without its mark.",
    );
  else if (header.length !== ordered)
    doubts.push(
      `${plural(ordered, "column")} ${ordered === 1 ? "was" : "were"} ordered, and the header has ${header.length.toLocaleString("en")}.`,
    );
  if (!isUtf8 && !binaryHeader)
    doubts.push(
      "It holds bytes that are no UTF-8, as a file in Latin-1 or Windows-1252 does, so letters such as é may be garbled.",
    );
  if (uneven.count > 0)
    doubts.push(
      `${plural(uneven.count, "row")} ${uneven.count === 1 ? "has" : "have"} another number of values than the header, which may be an error in place of data: ${which(uneven)}.`,
    );
  // The address comes first in every file that is ordered; of a header that is no text nothing can be said of rows.
  else if (unaddressed.count > 0 && !binaryHeader)
    doubts.push(
      `${plural(unaddressed.count, "row")} ${unaddressed.count === 1 ? "begins" : "begin"} with something else than the address of a page, which may be an error in place of data: ${which(unaddressed)}.`,
    );
  if (oddEnd !== null) doubts.push(endSentence(oddEnd));
  return doubts;
};

const isAddress = (text = ""): boolean => /^https?:/i.test(text);

/** Which parts of an archive were left out, since nothing is in them. */
export const emptySentence = (parts: readonly string[]): string =>
  `${listed(parts)} in the zip file ${parts.length === 1 ? "is" : "are"} empty.`;

/** In what the end of a file is odd. */
export const endSentence = ({ row, value, why }: OddEnd): string => {
  const ends = value === "" ? "" : `; it ends in “${foreignText(value, 60)}”`;
  return why === "open"
    ? `Row ${row.toLocaleString("en")} has no line break behind it, as all rows before it have, so a few letters may have been cut off its end${ends}.`
    : `The last value of row ${row.toLocaleString("en")}, “${foreignText(value, 60)}”, is only the beginning of what other rows have there, so it may have been cut.`;
};

const which = ({ count, rows }: UnpackedCsv["uneven"]): string =>
  `row ${rows.join(", ")}${count > rows.length ? " and more" : ""}`;

const difference = (rows: number, expected: number): string => {
  const by = Math.abs(rows - expected).toLocaleString("en");
  return rows < expected ? `${by} ${by === "1" ? "is" : "are"} missing` : `${by} too many`;
};
