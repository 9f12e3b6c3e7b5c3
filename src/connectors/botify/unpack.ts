import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { stopped } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import { type Archive, type ArchiveFormat, openArchive } from "./archive.ts";
import { createRecordCounter } from "./csv-records.ts";
import { readPreview, readStart, startBytes } from "./csv-start.ts";
import { readableBytes, syncFolder, writeError } from "./disk.ts";

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
}

const freeBytes = 1024 * 1024;

/**
 * Unpacks a downloaded export into a clean CSV: no byte order mark, no "sep=" line. The file appears under its name only when it is whole
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
    return { ...unpacked, format: archive.format, otherMembers: archive.otherMembers };
  } catch (thrown) {
    await rm(part, { force: true });
    throw thrown;
  } finally {
    archive.close();
  }
};

/** Where it is written until it is whole. */
export const partOf = (to: string): string => `${to}.part`;

type Written = Omit<UnpackedCsv, "format" | "otherMembers">;

const write = async (archive: Archive, part: string, options: UnpackOptions): Promise<Written> => {
  const file = await open(part, "w", 0o600).catch((thrown) => Promise.reject(writeError(thrown)));
  try {
    const hash = createHash("sha256");
    const check = growthCheck(archive, options);
    let sizeBytes = 0;
    const put = async (chunk: Buffer): Promise<void> => {
      if (chunk.length === 0) return;
      hash.update(chunk);
      counter.add(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk).catch((thrown) => Promise.reject(writeError(thrown)));
    };

    const content = archive.content[Symbol.asyncIterator]();
    const { start, whole } = await readAhead(content, check);
    const { skipBytes, delimiter } = readStart(start);
    const counter = createRecordCounter(delimiter);
    const clean = start.subarray(skipBytes);
    const { header, preview } = readPreview(clean, whole, delimiter);
    await put(clean);
    for (let next = await content.next(); next.done !== true; next = await content.next()) {
      check(next.value.length);
      await put(next.value);
    }
    if (options.signal.aborted) throw stopped(options.signal);
    const { records, openQuote } = counter.finish();
    if (openQuote) {
      throw new AppError(
        "remote-odd",
        "The downloaded file ends in the middle of a quoted value: it was cut on the way. Download it again.",
      );
    }
    await file.sync().catch((thrown) => Promise.reject(writeError(thrown)));
    return { sizeBytes, rows: records - 1, sha256: hash.digest("hex"), header, preview };
  } finally {
    await file.close();
  }
};

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
