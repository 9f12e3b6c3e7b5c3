import { parse } from "csv-parse/sync";
import { AppError } from "#core/errors.ts";
import { createRecordCounter, type RecordCounter } from "./csv-records.ts";

/** How much of a file's start is looked at; more than any header with 50 rows should need. */
export const startBytes = 512 * 1024;
const previewRows = 50;
const mostCellLetters = 1_000;

/**
 * What comes before the first record: a byte order mark, and the line "sep=," that Botify writes for Excel (formatter option print_delimiter).
 * Throws AppError("remote-odd") when the file is no CSV but an error page.
 */
export const readStart = (start: Buffer): { skipBytes: number; delimiter: string } => {
  const mark = start.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const text = start.subarray(mark, mark + 2_000).toString("utf8");
  refuseErrorPage(text);
  const [line, delimiter] = /^"?sep=([^\r\n"])"?\r?(?:\n|$)/i.exec(text) ?? [];
  return {
    skipBytes: mark + (line === undefined ? 0 : Buffer.byteLength(line)),
    delimiter: delimiter ?? ",",
  };
};

/** The header and the first 50 rows, long cells cut. `start` may end anywhere unless it is `whole`. */
export const readPreview = (
  start: Buffer,
  whole: boolean,
  delimiter: string,
): { header: string[]; preview: string[][] } => {
  const records = parse(whole && !endsInQuotes(start, delimiter) ? start : wholeRecords(start, delimiter), {
    delimiter,
    to: previewRows + 1,
    skipEmptyLines: true,
    relaxColumnCount: true,
    relaxQuotes: true,
    recordDelimiter: ["\r\n", "\n"],
  });
  const [header, ...preview] = records.map((record) => record.map((cell) => cell.slice(0, mostCellLetters)));
  if (header === undefined)
    throw new AppError(
      "remote-odd",
      start.length === 0
        ? "The downloaded file is empty: not even a header is in it."
        : "The downloaded file has no header: its first line does not end.",
    );
  return { header, preview };
};

const counted = (start: Buffer, delimiter: string): RecordCounter => {
  const counter = createRecordCounter(delimiter);
  counter.add(start);
  return counter;
};

const endsInQuotes = (start: Buffer, delimiter: string): boolean =>
  counted(start, delimiter).finish().openQuote;

const wholeRecords = (start: Buffer, delimiter: string): Buffer =>
  start.subarray(0, counted(start, delimiter).endBytes);

const refuseErrorPage = (text: string): void => {
  const begin = text.trimStart();
  const kind = begin.startsWith("<")
    ? "a web page or XML message"
    : /^(?:\{\s*["}]|\[\s*[{"\]])/.test(begin)
      ? "a JSON message"
      : null;
  if (kind === null) return;
  throw new AppError(
    "remote-odd",
    `The downloaded file is no CSV but ${kind}, probably an error of the server that keeps the files. Download it again.`,
    {
      detail: begin.slice(0, 200),
    },
  );
};
