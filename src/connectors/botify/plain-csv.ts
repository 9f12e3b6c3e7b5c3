import { pipeline, Readable } from "node:stream";
import { parse } from "csv-parse";
import { parse as parseAll } from "csv-parse/sync";
import { AppError } from "#core/errors.ts";
import { refuseText } from "./other-kinds.ts";

/** How much of a text is looked at to tell how it is written. */
const lookedAtBytes = 64 * 1024;
const lookedAtRows = 20;
/** A row that is longer is none. */
const mostRowBytes = 32 * 1024 * 1024;
const piecesOf = 256 * 1024;

const separators: readonly { sign: string; name: string }[] = [
  { sign: ",", name: "commas" },
  { sign: "\t", name: "tabs" },
  { sign: ";", name: "semicolons" },
  { sign: "|", name: "bars" },
  { sign: "\x1f", name: "unit separators" },
];

/**
 * A table as CSV with commas and one kind of line break, without a line "sep=," (which Botify writes for Excel: formatter option print_delimiter).
 * One that is written so already passes unchanged; `told` gets in what another differs, as words. Throws AppError("remote-odd") where it is no table.
 */
export const asPlainCsv = async function* (
  content: AsyncGenerator<Buffer>,
  told: (how: string) => void,
): AsyncGenerator<Buffer> {
  try {
    const { head, whole } = await readHead(content);
    refuseText(head.toString("utf8", 0, 2_000));
    const [line = "", sign] = /^"?sep=([^\r\n"])"?(?:\r?\n|\r|$)/i.exec(head.toString("latin1", 0, 20)) ?? [];
    const clean = head.subarray(line.length);
    const ends = lineEndsOf(clean);
    const delimiter = sign ?? separatorOf(clean, whole, ends);
    const rest = async function* () {
      if (clean.length > 0) yield clean;
      yield* content;
    };
    if (delimiter === "," && ends === null) return yield* rest();
    const between = separators.find((one) => one.sign === delimiter)?.name ?? `“${delimiter}”`;
    told(
      [
        ...(delimiter === "," ? [] : [`${between} between the values`]),
        ...(ends === null ? [] : [ends.name]),
      ].join(" and "),
    );
    yield* rewritten(rest(), reading(delimiter, ends));
  } finally {
    await content.return(undefined);
  }
};

const readHead = async (content: AsyncGenerator<Buffer>): Promise<{ head: Buffer; whole: boolean }> => {
  const chunks: Buffer[] = [];
  for (let length = 0; length < lookedAtBytes; ) {
    const next = await content.next();
    if (next.done === true) return { head: Buffer.concat(chunks), whole: true };
    chunks.push(next.value);
    length += next.value.length;
  }
  return { head: Buffer.concat(chunks), whole: false };
};

/** The one that parts the first rows into as many values each; else that which the header holds, commas first. */
const separatorOf = (head: Buffer, whole: boolean, ends: LineEnds | null): string => {
  const parted: string[] = [];
  for (const { sign } of separators) {
    const [header = 0, ...rows] = lengthsOf(head, whole, reading(sign, ends));
    if (header < 2) continue;
    if (rows.every((row) => row === header)) return sign;
    parted.push(sign);
  }
  return parted[0] ?? ",";
};

const lengthsOf = (head: Buffer, whole: boolean, options: ReturnType<typeof reading>): number[] => {
  // Where it ends within quotes, only the header may tell how values are parted, or nothing.
  for (const to of [lookedAtRows, 1])
    try {
      const rows = parseAll(head, { ...options, to }).map((row) => row.length);
      return whole || rows.length < 2 || rows.length === to ? rows : rows.slice(0, -1);
    } catch {}
  return [];
};

interface LineEnds {
  name: string;
  delimiters: string[];
}

const usualEnds = ["\r\n", "\n"];

const lineEndsOf = (head: Buffer): LineEnds | null => {
  if (head.includes("\r\r\n"))
    return { name: "two carriage returns in its line breaks", delimiters: ["\r\r\n", ...usualEnds] };
  return head.includes("\r") && !head.includes("\n")
    ? { name: "carriage returns alone as line breaks", delimiters: [...usualEnds, "\r"] }
    : null;
};

const reading = (delimiter: string, ends: LineEnds | null) => ({
  delimiter,
  encoding: "latin1" as const,
  relaxColumnCount: true,
  relaxQuotes: true,
  skipEmptyLines: true,
  recordDelimiter: ends?.delimiters ?? usualEnds,
});

/** Letter by byte, so that what is no UTF-8 stays as it is. A last row without a line break stays without one. */
const rewritten = async function* (
  content: AsyncIterable<Buffer>,
  options: ReturnType<typeof reading>,
): AsyncGenerator<Buffer> {
  let last: number | undefined;
  const watched = async function* () {
    for await (const chunk of content) {
      last = chunk.at(-1) ?? last;
      yield chunk;
    }
  };
  const rows = parse({ ...options, maxRecordSize: mostRowBytes });
  // Its errors come out of the loop.
  pipeline(Readable.from(watched()), rows, () => {});
  let text = "";
  try {
    for await (const row of rows as AsyncIterable<string[]>) {
      text += `${row.map(cell).join(",")}\n`;
      if (text.length < piecesOf) continue;
      // Whether it is the last row, and how that ends, is not known yet.
      yield Buffer.from(text.slice(0, -1), "latin1");
      text = "\n";
    }
  } catch (thrown) {
    throw asOdd(thrown);
  }
  const open = last !== 0x0a && last !== 0x0d;
  if (text !== "") yield Buffer.from(open ? text.slice(0, -1) : text, "latin1");
};

const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

const asOdd = (thrown: unknown): unknown => {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !("code" in thrown)) return thrown;
  if (thrown.code === "CSV_QUOTE_NOT_CLOSED")
    return new AppError(
      "remote-odd",
      "The downloaded file ends in the middle of a quoted value: it was cut on the way.",
    );
  return thrown.code === "CSV_MAX_RECORD_SIZE"
    ? new AppError("remote-odd", "The downloaded file holds a row that is larger than any export's.")
    : thrown;
};
