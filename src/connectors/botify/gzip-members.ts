import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { crc32, createInflateRaw } from "node:zlib";

/** RFC 1952 (2.3.1): the bits of FLG. */
const flags = { headerCrc: 2, extra: 4, name: 8, comment: 16 } as const;
const magic = [0x1f, 0x8b, 8];
const trailerBytes = 8;
const longestHeader = 64 * 1024;
const chunkSize = 64 * 1024;

/**
 * The content of a gzip file's members, from its byte `fromByte` on. What follows the last member and is none is left, as gzip(1) does, and
 * `left` hears how many bytes that is. Slower than Node's own gunzip, which takes what follows for damage and drops what it had unpacked.
 * Throws what zlib throws, and an Error for a wrong checksum.
 */
export const gzipMembers = async function* (
  path: string,
  fromByte: number,
  left: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    let skipped = 0;
    for (let at = 0; at < size; ) {
      const header = await headerLength(file, at);
      if (header === null) return left(size - at);
      const source = createReadStream(path, { start: at + header, highWaterMark: chunkSize });
      const inflate = createInflateRaw({ chunkSize });
      source.on("error", (error) => inflate.destroy(error));
      let checksum = 0;
      let sizeBytes = 0;
      try {
        for await (const chunk of source.pipe(inflate) as AsyncIterable<Buffer>) {
          checksum = crc32(chunk, checksum);
          sizeBytes += chunk.length;
          const skip = Math.min(chunk.length, fromByte - skipped);
          skipped += skip;
          if (skip < chunk.length) yield chunk.subarray(skip);
        }
      } finally {
        source.destroy();
      }
      const end = at + header + inflate.bytesWritten;
      const trailer = await bytesAt(file, end, trailerBytes);
      if (
        trailer.length < trailerBytes ||
        trailer.readUInt32LE(0) !== checksum ||
        trailer.readUInt32LE(4) !== sizeBytes % 2 ** 32
      )
        throw new Error(trailer.length < trailerBytes ? "unexpected end of file" : "incorrect data check");
      at = end + trailerBytes;
    }
  } finally {
    await file.close();
  }
};

/** Null where no member begins. */
const headerLength = async (file: FileHandle, at: number): Promise<number | null> => {
  const bytes = await bytesAt(file, at, longestHeader);
  const flag = bytes[3] ?? 0;
  if (bytes.length < 10 || magic.some((byte, index) => bytes[index] !== byte)) return null;
  let length = 10;
  if (flag & flags.extra) length += 2 + bytes.readUInt16LE(Math.min(length, bytes.length - 2));
  for (const text of [flags.name, flags.comment]) if (flag & text) length = bytes.indexOf(0, length) + 1;
  return length + (flag & flags.headerCrc ? 2 : 0);
};

const bytesAt = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
};
