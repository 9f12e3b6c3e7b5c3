import { readFileSync } from "node:fs";

/** One thing that a program asked of its disk: to write bytes, to cut a file, or to sync it. */
export interface DiskRecord {
  kind: "write" | "cut" | "sync";
  file: string;
  data: Buffer;
  offset: number;
}

const headBytes = 16;
const kinds = { w: "write", t: "cut", s: "sync" } as const;

export const readRecords = (path: string): DiskRecord[] => {
  const all = readFileSync(path);
  const records: DiskRecord[] = [];
  for (let at = 0; at < all.length; ) {
    const nameBytes = all.readUInt8(at + 1);
    const dataBytes = all.readUInt32LE(at + 4);
    const name = at + headBytes;
    records.push({
      kind: kinds[String.fromCharCode(all.readUInt8(at)) as keyof typeof kinds],
      file: all.toString("utf8", name, name + nameBytes),
      data: all.subarray(name + nameBytes, name + nameBytes + dataBytes),
      offset: Number(all.readBigUInt64LE(at + 8)),
    });
    at = name + nameBytes + dataBytes;
  }
  return records;
};

/** What a disk keeps of a write that was not synced yet: all of it, none, or some of its sectors. */
export type Keeps = (record: DiskRecord) => "all" | "none" | "some";

const sectorBytes = 512;
/** No file that a test writes is larger: what did not fit would seem to be lost. */
const roomBytes = 8_000_000;

/** The files as a disk has them whose power was cut after `records`: what was synced for certain, and of the rest what `keeps` says. */
export const afterPowerCut = (
  records: readonly DiskRecord[],
  keeps: Keeps,
  chance: () => number,
): Map<string, Buffer> => {
  const lastSync = new Map<string, number>();
  for (const [n, { kind, file }] of records.entries()) if (kind === "sync") lastSync.set(file, n);
  const files = new Map<string, { room: Buffer; bytes: number }>();
  for (const [n, record] of records.entries()) {
    const { kind, file, data, offset } = record;
    const kept = n < (lastSync.get(file) ?? -1) ? "all" : keeps(record);
    if (kind === "sync" || kept === "none") continue;
    const there = files.get(file) ?? { room: Buffer.alloc(roomBytes), bytes: 0 };
    files.set(file, there);
    if (kind === "cut") {
      there.room.fill(0, offset);
      there.bytes = offset;
      continue;
    }
    there.bytes = Math.max(there.bytes, offset + data.length);
    if (there.bytes > roomBytes) throw new Error(`${file} is larger than this test has room for.`);
    for (let at = 0; at < data.length; at += sectorBytes)
      if (kept === "all" || chance() < 0.5) data.copy(there.room, offset + at, at, at + sectorBytes);
  }
  return new Map([...files].map(([file, { room, bytes }]) => [file, room.subarray(0, bytes)]));
};
