import { createReadStream, type ReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { crc32, createGunzip, createInflateRaw, type ZlibOptions } from "node:zlib";
import type { Entry } from "yauzl";
import { AppError } from "#core/errors.ts";
import { gzipMembers } from "./gzip-members.ts";
import { listed } from "./listed.ts";
import { chooseMembers, deflate, mostMembers } from "./zip-members.ts";
import { openWhole } from "./zip-place.ts";

export type ArchiveFormat = "gzip" | "zip" | "plain";

export interface Member {
  /** Null of what is no archive of several. */
  name: string | null;
  /** The unpacked bytes. */
  content: AsyncIterable<Buffer>;
}

export interface Archive {
  format: ArchiveFormat;
  /** Its files one after the other, each to be read before the next. Throws AppError("remote-odd") when the archive is cut or damaged. */
  members: AsyncIterable<Member>;
  /** Size of the packed content. */
  packedBytes: number;
  /** How much of it was read so far. */
  readBytes(): number;
  /** Names of the other files in a zip that somebody put there, which are left alone. */
  otherMembers: string[];
  /** After its end: how many bytes follow that belong to nothing. */
  leftBytes(): number;
  /** Lets go of the file, read to its end or not. */
  close(): void;
}

/** With zlib's usual 16 KiB the disk path is half as fast. */
const chunkSize = 256 * 1024;
/** So much is unpacked, by a thread of its own, ahead of what is being counted and written. */
const aheadBytes = 4 * chunkSize;
/** Streams know of it, and the types of zlib do not (nodejs.org/api/stream.html, "new stream.Transform"). */
const ahead: ZlibOptions = { chunkSize, ...{ readableHighWaterMark: aheadBytes } };

/** Opens a file by its first bytes, whatever it is called: Botify names gzip files ".csv.gz", sends zip on request, and plain text at times. */
export const openArchive = async (path: string): Promise<Archive> => {
  const magic = await firstBytes(path, 4);
  if (magic[0] === 0x1f && magic[1] === 0x8b) return openGzip(path);
  if (magic[0] === 0x50 && magic[1] === 0x4b && magic[2] !== undefined && magic[2] < 9) return openZip(path);
  const source = createReadStream(path, { highWaterMark: chunkSize });
  return { format: "plain", members: only(source), ...(await ofSource(path, source)) };
};

const openGzip = async (path: string): Promise<Archive> => {
  const source = createReadStream(path, { highWaterMark: chunkSize });
  let leftBytes = 0;
  const content = async function* (): AsyncGenerator<Buffer> {
    let yieldedBytes = 0;
    try {
      // Node's gunzip goes on through further members, as gzip(1) does.
      for await (const chunk of unpacked(source, createGunzip(ahead))) {
        yieldedBytes += chunk.length;
        yield chunk;
      }
    } catch (thrown) {
      if (!isFollowedByOther(thrown)) throw thrown;
      yield* undamaged(
        gzipMembers(path, yieldedBytes, (bytes) => {
          leftBytes = bytes;
        }),
      );
    }
  };
  return {
    format: "gzip",
    members: only(unpackedTwice(content())),
    ...(await ofSource(path, source)),
    leftBytes: () => leftBytes,
  };
};

/** The first member was begun, so it is a later one that has no header: zlib's word for what follows and is no member. */
const isFollowedByOther = (thrown: unknown): boolean =>
  thrown instanceof AppError && /incorrect header check/.test(thrown.detail ?? "");

/** What was packed as gzip once more, by a server on the way or within a zip, is unpacked once more. */
const unpackedTwice = async function* (content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = content[Symbol.asyncIterator]();
  try {
    const { value: first, done } = await chunks.next();
    if (done === true) return;
    const all = async function* () {
      yield first;
      yield* { [Symbol.asyncIterator]: () => chunks };
    };
    if (first[0] === 0x1f && first[1] === 0x8b) yield* unpacked(Readable.from(all()), createGunzip(ahead));
    else yield* all();
  } finally {
    await chunks.return?.();
  }
};

const undamaged = async function* (content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* content;
  } catch (thrown) {
    throw damaged(thrown);
  }
};

const only = async function* (content: AsyncIterable<Buffer>): AsyncGenerator<Member> {
  yield { name: null, content };
};

const openZip = async (path: string): Promise<Archive> => {
  const { zip, leftBytes } = await openWhole(path).catch((thrown) => Promise.reject(damaged(thrown)));
  try {
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) if (entries.push(entry) > mostMembers) break;
    const { chosen, others } = chooseMembers(entries);
    let readBytes = 0;
    let under: Readable | null = null;
    const members = async function* () {
      for (const entry of chosen) {
        const raw = await zip.openReadStreamPromise(entry, { decodeFileData: false });
        under = raw;
        raw.on("data", (chunk: Buffer) => {
          readBytes += chunk.length;
        });
        raw.pause();
        const content = entry.compressionMethod === deflate ? unpacked(raw, createInflateRaw(ahead)) : raw;
        yield { name: entry.fileName, content: unpackedTwice(checkedMember(content, entry)) };
      }
    };
    return {
      format: "zip",
      members: members(),
      packedBytes: chosen.reduce((sum, entry) => sum + entry.compressedSize, 0),
      readBytes: () => readBytes,
      otherMembers: others,
      leftBytes: () => leftBytes,
      close: () => {
        under?.destroy();
        zip.close();
      },
    };
  } catch (thrown) {
    zip.close();
    throw damaged(thrown);
  }
};

/** yauzl checks names and structure but not the checksum. */
const checkedMember = async function* (content: AsyncIterable<Buffer>, entry: Entry): AsyncGenerator<Buffer> {
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
): Promise<Pick<Archive, "packedBytes" | "readBytes" | "otherMembers" | "leftBytes" | "close">> => ({
  packedBytes: (await stat(path)).size,
  readBytes: () => source.bytesRead,
  otherMembers: [],
  leftBytes: () => 0,
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
  if (cause instanceof AppError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  // yauzl's words for names that it does not let through.
  const [, outside] = /^(?:invalid relative|absolute) path: (.*)$/s.exec(detail) ?? [];
  if (outside !== undefined)
    return new AppError(
      "remote-odd",
      `The zip file holds ${listed([outside])}, a name that leads out of the folder it is unpacked to, as no export has. Nothing of it was taken.`,
    );
  if (detail.startsWith("multi-disk"))
    return new AppError("remote-odd", "The downloaded file is only one part of a zip file that was split.");
  const cut = /unexpected end|end of central directory/i.test(detail);
  const what = cut ? "ends too early: it was cut on the way (unexpected end)" : "is damaged";
  return new AppError("remote-odd", `The downloaded file ${what}.`, { cause, detail });
};
