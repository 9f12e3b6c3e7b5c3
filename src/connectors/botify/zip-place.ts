import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import yauzl from "yauzl";
import { AppError } from "#core/errors.ts";

/** The end record with the longest comment. */
const nearBytes = 22 + 0xffff;
/** So far from the end of the file it is looked for; what follows a zip is padding or a page, and is not larger. */
const farBytes = 16 * 1024 * 1024;
const mostLooks = 1_000;

const endRecord = Buffer.from("PK\x05\x06", "latin1");
const directoryEntry = Buffer.from("PK\x01\x02", "latin1");
const zip64Locator = Buffer.from("PK\x06\x07", "latin1");

interface Place {
  fromBytes: number;
  toBytes: number;
}

/**
 * Opens a zip whose directory is whole, also where bytes follow that belong to nothing, and says how many these are. Throws what yauzl throws,
 * and AppError("remote-odd") where something stands in front of it.
 */
export const openWhole = async (path: string): Promise<{ zip: yauzl.ZipFile; leftBytes: number }> => {
  const options = { lazyEntries: true, autoClose: false };
  const { size, place } = await find(path);
  const leftBytes = place === null ? 0 : size - place.toBytes;
  // In one that was cut, the end of a zip within it may be found.
  if (place === null || (place.fromBytes > 0 && leftBytes > 0))
    return { zip: await yauzl.openPromise(path, options), leftBytes: 0 };
  if (place.fromBytes > 0)
    throw new AppError(
      "remote-odd",
      "The downloaded file holds something in front of a zip file, perhaps another one, so it cannot be told which of them is the export.",
    );
  const zip =
    leftBytes === 0
      ? await yauzl.openPromise(path, options)
      : await yauzl.fromRandomAccessReaderPromise(new Beginning(path), place.toBytes, options);
  return { zip, leftBytes };
};

class Beginning extends yauzl.RandomAccessReader {
  readonly #path: string;
  constructor(path: string) {
    super();
    this.#path = path;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return createReadStream(this.#path, { start, end: end - 1 });
  }
}

const find = async (path: string): Promise<{ size: number; place: Place | null }> => {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    for (const length of [nearBytes, farBytes]) {
      const at = Math.max(0, size - length);
      const { buffer: tail } = await file.read(Buffer.alloc(size - at), 0, size - at, at);
      let found = tail.lastIndexOf(endRecord);
      for (let looks = 0; found !== -1 && looks < mostLooks; looks++) {
        const place = await placeOf(file, { tail, found, at, size });
        if (place !== null) return { size, place };
        found = found === 0 ? -1 : tail.lastIndexOf(endRecord, found - 1);
      }
      if (at === 0) break;
    }
    return { size, place: null };
  } finally {
    await file.close();
  }
};

/** By PKWARE's APPNOTE (4.3.16); null where no directory stands in front of what looks like an end record. */
const placeOf = async (
  file: FileHandle,
  { tail, found, at, size }: { tail: Buffer; found: number; at: number; size: number },
): Promise<Place | null> => {
  const record = tail.subarray(found);
  if (record.length < 22) return null;
  const recordAt = at + found;
  const toBytes = recordAt + 22 + record.readUInt16LE(20);
  if (toBytes > size) return null;
  if (found >= 20 && tail.subarray(found - 20, found - 16).equals(zip64Locator))
    return { fromBytes: 0, toBytes };
  const [entries, length, offset] = [
    record.readUInt16LE(10),
    record.readUInt32LE(12),
    record.readUInt32LE(16),
  ];
  if (entries === 0) return { fromBytes: 0, toBytes };
  for (const fromBytes of [recordAt - length - offset, 0]) {
    if (fromBytes < 0) continue;
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, fromBytes + offset);
    if (buffer.equals(directoryEntry)) return { fromBytes, toBytes };
  }
  return null;
};
