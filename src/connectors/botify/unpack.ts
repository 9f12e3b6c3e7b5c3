import { createHash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { stopped } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import { type Archive, type ArchiveFormat, openArchive } from "./archive.ts";
import { endBytes, type OddEnd, oddEndOf } from "./csv-end.ts";
import { createRecordCounter, type Odd, type RecordCounter } from "./csv-records.ts";
import { type Start, startBytes, startOf } from "./csv-start.ts";
import { readableBytes, syncFolder, writeError } from "./disk.ts";
import { listed } from "./listed.ts";
import { isControl } from "./other-kinds.ts";
import { asPlainCsv } from "./plain-csv.ts";
import { asUtf8 } from "./text-encoding.ts";
import { createUtf8Check } from "./utf8-check.ts";

export interface UnpackOptions {
  from: string;
  to: string;
  signal: AbortSignal;
  /** The largest file that may come out. */
  maxBytes: number;
  /** The most that a byte may grow to, against archives made to fill a disk; the first MiB is free. */
  maxRatio: number;
  /** In packed bytes. */
  onProgress?(progress: { doneBytes: number; totalBytes: number }): void;
}

export interface UnpackedCsv {
  sizeBytes: number;
  /** Data rows: CSV records without the header. */
  rows: number;
  /** Of the file as written, in hex. */
  sha256: string;
  header: string[];
  format: ArchiveFormat;
  /** The first 50 data rows, long cells cut. */
  preview: string[][];
  /** Files of a zip that were left alone. */
  otherMembers: string[];
  /** Files of a zip that were joined, in this order; none where there was only one. */
  joined: string[];
  /** How many bytes behind the end of a gzip file belong to nothing. */
  leftBytes: number;
  /** Parts of a zip that hold nothing, and were left out. */
  emptyParts: string[];
  /** In what it differed from a CSV with commas, as words: "tabs between the values". */
  writtenWith: string | null;
  /** What it was written in, where that was not UTF-8. */
  encoding: string | null;
  /** Rows with another number of values than the header, and which the first few of them are. */
  uneven: Odd;
  /** The same of rows whose first value is no address of a page. */
  unaddressed: Odd;
  /** Why its last row may have been cut, or that of a part that was joined. */
  oddEnd: OddEnd | null;
  /** The header holds NUL or other control characters, as no text does. */
  binaryHeader: boolean;
  /** All of it is UTF-8; else it may be written in an older encoding that no mark tells. */
  isUtf8: boolean;
}

const freeBytes = 1024 * 1024;

/**
 * Unpacks a downloaded export into a clean CSV: UTF-8, no byte order mark, no "sep=" line, one header. The file appears under its name only when it is whole
 * and on the disk; memory use does not depend on its size.
 * Throws AppError: "remote-odd" (cut, damaged, no CSV), "too-large", "disk-full", "cancelled"; then nothing stays but `from`.
 */
export const unpackCsv = async (options: UnpackOptions): Promise<UnpackedCsv> => {
  const { from, to } = options;
  const part = partOf(to);
  const archive = await openArchive(from);
  try {
    const unpacked = await write(archive, part, options);
    await rename(part, to);
    await syncFolder(dirname(to));
    const { format, otherMembers } = archive;
    return { ...unpacked, format, otherMembers, leftBytes: archive.leftBytes() };
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  } finally {
    archive.close();
  }
};

/** Where it is written until it is whole. */
export const partOf = (to: string): string => `${to}.part`;

type Written = Omit<UnpackedCsv, "format" | "otherMembers" | "leftBytes">;

const write = async (archive: Archive, part: string, options: UnpackOptions): Promise<Written> => {
  const file = await open(part, "w+", 0o600).catch((thrown) => Promise.reject(writeError(thrown)));
  try {
    const hash = createHash("sha256");
    const check = growthCheck(archive, options);
    const utf8 = createUtf8Check();
    let sizeBytes = 0;
    let lastByte = lineFeed;
    let encoding: string | null = null;
    let writtenWith: string | null = null;
    let oddEnd: OddEnd | null = null;
    let first: (Start & { counter: RecordCounter; preview: string[][] }) | null = null;
    const names: string[] = [];
    const emptyParts: string[] = [];
    // One piece is written while the next is unpacked and counted.
    let written: Promise<void> = Promise.resolve();
    for await (const { name, content } of archive.members) {
      if (options.signal.aborted) throw stopped(options.signal);
      const text = asUtf8(content, (told) => {
        encoding = told;
      });
      const chunks = asPlainCsv(text, (told) => {
        writtenWith = told;
      });
      const { start, whole } = await readAhead(chunks, check);
      if (whole && start.every(isBlank)) {
        emptyParts.push(name ?? "");
        continue;
      }
      const read = startOf(start, whole);
      const counter: RecordCounter = first?.counter ?? createRecordCounter();
      const put = async (chunk: Buffer): Promise<void> => {
        if (chunk.length === 0) return;
        hash.update(chunk);
        counter.add(chunk);
        utf8.add(chunk);
        sizeBytes += chunk.length;
        lastByte = chunk.at(-1) ?? lastByte;
        await written;
        written = file.writeFile(chunk).catch((thrown) => Promise.reject(writeError(thrown)));
        // Told by whoever waits for it next.
        written.catch(() => {});
      };
      if (first !== null) {
        if (!read.headerBytes.equals(first.headerBytes))
          throw new AppError(
            "remote-odd",
            `The zip file holds CSV files with different headers, ${listed([...names, name ?? ""])}, so it cannot be told which of them is the export.`,
          );
        if (lastByte !== lineFeed) await put(Buffer.from("\n"));
      }
      names.push(name ?? "");
      await put(first === null ? start : start.subarray(read.headerBytes.length));
      first ??= { ...read, counter };
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
        check(next.value.length);
        await put(next.value);
      }
      await written;
      if (counter.inQuotes)
        throw new AppError(
          "remote-odd",
          "The downloaded file ends in the middle of a quoted value: it was cut on the way.",
        );
      oddEnd ??= await readEnd(file, sizeBytes, first);
    }
    if (options.signal.aborted) throw stopped(options.signal);
    if (first === null)
      throw new AppError(
        "remote-odd",
        emptyParts.length > 1
          ? `All CSV files in the zip file are empty, ${listed(emptyParts)}: not even a header is in them.`
          : "The downloaded file is empty: not even a header is in it.",
      );
    const { counter, header, preview, headerBytes } = first;
    const records = counter.finish();
    await file.sync().catch((thrown) => Promise.reject(writeError(thrown)));
    return {
      ...{ sizeBytes, rows: records - 1, sha256: hash.digest("hex"), header, preview, encoding, writtenWith },
      joined: names.length > 1 ? names : [],
      emptyParts,
      uneven: counter.uneven,
      unaddressed: counter.unaddressed,
      oddEnd,
      binaryHeader: headerBytes.some(isControl),
      isUtf8: utf8.finish(),
    };
  } finally {
    await file.close();
  }
};

/** Looks at the last row of what was written so far. */
const readEnd = async (
  file: FileHandle,
  sizeBytes: number,
  { counter, header, preview, headerBytes }: Start & { counter: RecordCounter },
): Promise<OddEnd | null> => {
  const { lastAtBytes, records } = counter;
  if (lastAtBytes < headerBytes.length) return null;
  const { buffer, bytesRead } = await file.read({
    buffer: Buffer.alloc(Math.min(endBytes, sizeBytes - lastAtBytes)),
    position: lastAtBytes,
  });
  // The header is a record too, and one that no line break ended is not counted yet.
  const row = counter.endBytes > lastAtBytes ? records - 1 : records;
  const others = preview.slice(0, row - 1).map((values) => values.at(-1) ?? "");
  return oddEndOf(buffer.subarray(0, bytesRead), { row, header: header.length, others });
};

const lineFeed = 0x0a;

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Called with the length of each unpacked chunk before it is used. */
const growthCheck = (
  archive: Archive,
  { signal, maxBytes, maxRatio, onProgress }: UnpackOptions,
): ((bytes: number) => void) => {
  let unpackedBytes = 0;
  return (bytes) => {
    if (signal.aborted) throw stopped(signal);
    unpackedBytes += bytes;
    if (unpackedBytes > maxBytes) {
      throw new AppError(
        "too-large",
        `The file grows beyond ${readableBytes(maxBytes)} when unpacked, which is more than Milepost accepts.`,
      );
    }
    if (archive.format !== "plain" && unpackedBytes > freeBytes + archive.packedBytes * maxRatio) {
      throw new AppError(
        "too-large",
        `The file grows to more than ${maxRatio} times its size when unpacked, which no real export does.`,
      );
    }
    onProgress?.({ doneBytes: archive.readBytes(), totalBytes: archive.packedBytes });
  };
};

/** The first `startBytes` or a little more, since whole chunks are taken. */
const readAhead = async (
  content: AsyncIterator<Buffer>,
  check: (bytes: number) => void,
): Promise<{ start: Buffer; whole: boolean }> => {
  const chunks: Buffer[] = [];
  let length = 0;
  while (length < startBytes) {
    const next = await content.next();
    if (next.done === true) return { start: Buffer.concat(chunks), whole: true };
    check(next.value.length);
    chunks.push(next.value);
    length += next.value.length;
  }
  return { start: Buffer.concat(chunks), whole: false };
};
