import { parse } from "csv-parse/sync";
import { AppError } from "#core/errors.ts";
import { createRecordCounter, type RecordCounter } from "./csv-records.ts";

/** How much of a file's start is looked at; more than any header with 50 rows should need. */
export const startBytes = 512 * 1024;
const previewRows = 50;
const mostCellLetters = 1_000;

/** How a CSV begins. */
export interface Start {
  delimiter: string;
  /** What was read of it, without a line "sep=,". */
  clean: Buffer;
  /** The beginning of `clean` that is the header, with the line break after it. */
  headerBytes: Buffer;
  header: string[];
  /** The first 50 rows, long cells cut. */
  preview: string[][];
}

/**
 * Reads the start of a CSV, which may end anywhere unless it is `whole`. The line "sep=," is what Botify writes for Excel (formatter option
 * print_delimiter). Throws AppError("remote-odd") when the file is no CSV but an error page, or has no header.
 */
export const startOf = (start: Buffer, whole: boolean): Start => {
  const text = start.subarray(0, 2_000).toString("utf8");
  refuseErrorPage(text);
  const [line = "", delimiter = ","] = /^"?sep=([^\r\n"])"?\r?(?:\n|$)/i.exec(text) ?? [];
  const clean = start.subarray(Buffer.byteLength(line));
  return {
    delimiter,
    clean,
    headerBytes: firstRecord(clean, delimiter),
    ...readRows(clean, whole, delimiter),
  };
};

const readRows = (clean: Buffer, whole: boolean, delimiter: string): Pick<Start, "header" | "preview"> => {
  const records = parse(whole && !endsInQuotes(clean, delimiter) ? clean : wholeRecords(clean, delimiter), {
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
      clean.length === 0
        ? "The downloaded file is empty: not even a header is in it."
        : "The downloaded file has no header: its first line does not end.",
    );
  return { header, preview };
};

const firstRecord = (clean: Buffer, delimiter: string): Buffer => {
  const counter = createRecordCounter(delimiter);
  for (let at = 0; at < clean.length && counter.records === 0; ) {
    const end = clean.indexOf("\n", at) + 1 || clean.length;
    counter.add(clean.subarray(at, end));
    at = end;
  }
  return clean.subarray(0, counter.records === 0 ? clean.length : counter.endBytes);
};

const counted = (start: Buffer, delimiter: string): RecordCounter => {
  const counter = createRecordCounter(delimiter);
  counter.add(start);
  return counter;
};

const endsInQuotes = (start: Buffer, delimiter: string): boolean => counted(start, delimiter).inQuotes;

const wholeRecords = (start: Buffer, delimiter: string): Buffer =>
  start.subarray(0, counted(start, delimiter).endBytes);

const refuseErrorPage = (text: string): void => {
  const begin = text.trimStart();
  const kind = /^<(?![^<>]*>\s*[,;\t])/.test(begin)
    ? "a web page or XML message"
    : /^(?:\{\s*["}]|\[\s*[{"\]])/.test(begin)
      ? "a JSON message"
      : null;
  if (kind === null) return;
  throw new AppError(
    "remote-odd",
    `The downloaded file is no CSV but ${kind}, probably an error of the server that keeps the files.`,
    {
      detail: begin.slice(0, 200),
    },
  );
};
