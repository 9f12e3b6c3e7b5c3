import { parse } from "csv-parse/sync";
import { AppError } from "#core/errors.ts";
import { createRecordCounter, type RecordCounter } from "./csv-records.ts";

/** How much of a file's start is looked at; more than any header with 50 rows should need. */
export const startBytes = 512 * 1024;
const previewRows = 50;
const mostCellLetters = 1_000;

/** How a CSV begins. */
export interface Start {
  /** Its beginning that is the header, with the line break after it. */
  headerBytes: Buffer;
  header: string[];
  /** The first 50 rows, long cells cut. */
  preview: string[][];
}

/** Reads the start of a CSV, which may end anywhere unless it is `whole`. Throws AppError("remote-odd") when it has no header. */
export const startOf = (start: Buffer, whole: boolean): Start => ({
  headerBytes: firstRecord(start),
  ...readRows(start, whole),
});

const readRows = (start: Buffer, whole: boolean): Pick<Start, "header" | "preview"> => {
  const records = parse(
    whole && !counted(start).inQuotes ? start : start.subarray(0, counted(start).endBytes),
    {
      to: previewRows + 1,
      skipEmptyLines: true,
      relaxColumnCount: true,
      relaxQuotes: true,
      recordDelimiter: ["\r\n", "\n"],
    },
  );
  const [header, ...preview] = records.map((record) => record.map((cell) => cell.slice(0, mostCellLetters)));
  if (header === undefined)
    throw new AppError("remote-odd", "The downloaded file has no header: its first line does not end.");
  return { header, preview };
};

const firstRecord = (start: Buffer): Buffer => {
  const counter = createRecordCounter();
  for (let at = 0; at < start.length && counter.records === 0; ) {
    const end = start.indexOf("\n", at) + 1 || start.length;
    counter.add(start.subarray(at, end));
    at = end;
  }
  return start.subarray(0, counter.records === 0 ? start.length : counter.endBytes);
};

const counted = (start: Buffer): RecordCounter => {
  const counter = createRecordCounter();
  counter.add(start);
  return counter;
};
