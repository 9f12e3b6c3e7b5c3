import { createReadStream, type ReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { crc32, createGunzip, createInflateRaw } from "node:zlib";
import yauzl from "yauzl";
import { AppError } from "#core/errors.ts";

export type ArchiveFormat = "gzip" | "zip" | "plain";

export interface Archive {
  format: ArchiveFormat;
  /** The unpacked bytes. Throws AppError("remote-odd") when the archive is cut or damaged. */
  content: AsyncIterable<Buffer>;
  /** Size of the packed content. */
  packedBytes: number;
  /** How much of it was read so far. */
  readBytes(): number;
  /** Names of the other files in a zip, which are left alone. */
  otherMembers: string[];
  /** Lets go of the file, read to its end or not. */
  close(): void;
}

/** With zlib's usual 16 KiB the disk path is half as fast. */
const chunkSize = 256 * 1024;
const deflate = 8;
const stored = 0;

/** Opens a file by its first bytes, whatever it is called: Botify names gzip files ".csv.gz", sends zip on request, and plain text at times. */
export const openArchive = async (path: string): Promise<Archive> => {
  const magic = await firstBytes(path, 4);
  if (magic[0] === 0x1f && magic[1] === 0x8b) return openGzip(path);
  if (magic[0] === 0x50 && magic[1] === 0x4b && magic[2] !== undefined && magic[2] < 9) return openZip(path);
  const source = createReadStream(path, { highWaterMark: chunkSize });
  return { format: "plain", content: source, ...(await ofSource(path, source)) };
};

const openGzip = async (path: string): Promise<Archive> => {
  const source = createReadStream(path, { highWaterMark: chunkSize });
  // Node's gunzip goes on through further members, as gzip(1) does.
  const content = unpacked(source, createGunzip({ chunkSize }));
  return { format: "gzip", content, ...(await ofSource(path, source)) };
};

const openZip = async (path: string): Promise<Archive> => {
  const zip = await yauzl
    .openPromise(path, { lazyEntries: true, autoClose: false })
    .catch((thrown) => Promise.reject(damaged(thrown)));
  try {
    const files: yauzl.Entry[] = [];
    for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith("/")) files.push(entry);
    const chosen =
      files.find((entry) => /\.csv$/i.test(entry.fileName)) ?? (files.length === 1 ? files[0] : undefined);
    if (chosen === undefined) {
      throw new AppError(
        "remote-odd",
        `The zip file holds no CSV file${files.length === 0 ? "" : `, only ${listed(files)}`}.`,
      );
    }
    if (
      chosen.isEncrypted() ||
      (chosen.compressionMethod !== deflate && chosen.compressionMethod !== stored)
    ) {
      throw new AppError(
        "remote-odd",
        `“${chosen.fileName}” in the zip file is encrypted or packed in a way that Milepost cannot read.`,
      );
    }
    const raw = await zip.openReadStreamPromise(chosen, { decodeFileData: false });
    let readBytes = 0;
    raw.on("data", (chunk: Buffer) => {
      readBytes += chunk.length;
    });
    raw.pause();
    const content =
      chosen.compressionMethod === deflate ? unpacked(raw, createInflateRaw({ chunkSize })) : raw;
    return {
      format: "zip",
      content: checkedMember(content, chosen),
      packedBytes: chosen.compressedSize,
      readBytes: () => readBytes,
      otherMembers: files.filter((entry) => entry !== chosen).map((entry) => entry.fileName),
      close: () => {
        raw.destroy();
        zip.close();
      },
    };
  } catch (thrown) {
    zip.close();
    throw thrown instanceof AppError ? thrown : damaged(thrown);
  }
};

/** yauzl checks names and structure but not the checksum. */
const checkedMember = async function* (
  content: AsyncIterable<Buffer>,
  entry: yauzl.Entry,
): AsyncGenerator<Buffer> {
  let checksum = 0;
  let sizeBytes = 0;
  for await (const chunk of content) {
    checksum = crc32(chunk, checksum);
    sizeBytes += chunk.length;
    yield chunk;
  }
  if (checksum !== entry.crc32 || sizeBytes !== entry.uncompressedSize)
    throw damaged(new Error("checksum or size differs"));
};

const unpacked = async function* (
  source: Readable,
  unpack: ReturnType<typeof createGunzip>,
): AsyncGenerator<Buffer> {
  source.on("error", (error) => unpack.destroy(error));
  try {
    for await (const chunk of source.pipe(unpack)) yield chunk as Buffer;
  } catch (thrown) {
    throw isZlibError(thrown) ? damaged(thrown) : thrown;
  } finally {
    source.destroy();
    unpack.destroy();
  }
};

const ofSource = async (
  path: string,
  source: ReadStream,
): Promise<Pick<Archive, "packedBytes" | "readBytes" | "otherMembers" | "close">> => ({
  packedBytes: (await stat(path)).size,
  readBytes: () => source.bytesRead,
  otherMembers: [],
  close: () => source.destroy(),
});

const firstBytes = async (path: string, length: number): Promise<Buffer> => {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

const isZlibError = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && /^Z_|^ERR_/.test(String(thrown.code));

const damaged = (cause: unknown): AppError => {
  const cut = cause instanceof Error && /unexpected end|end of central directory/i.test(cause.message);
  const what = cut ? "ends too early: it was cut on the way (unexpected end)" : "is damaged";
  return new AppError("remote-odd", `The downloaded file ${what}. Download it again.`, {
    cause,
    detail: cause instanceof Error ? cause.message : String(cause),
  });
};

const listed = (files: readonly yauzl.Entry[]): string => {
  const names = files.slice(0, 5).map((entry) => `“${entry.fileName}”`);
  return names.join(", ") + (files.length > 5 ? " and more" : "");
};
