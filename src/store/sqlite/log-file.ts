import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { endianness } from "node:os";

/** Of a database's -wal file, by https://www.sqlite.org/fileformat2.html#walformat. */
export interface LogHead {
  pageBytes: number;
  /** Eight bytes that the file's own frames repeat; those left from before have others. */
  salts: string;
  /** Whether the words of its checksums are to be turned round here. */
  isTurned: boolean;
  sum: Sum;
}

/** The two running halves of a checksum. */
export type Sum = readonly [number, number];

export interface Frame {
  /** From 0. */
  index: number;
  /** Number of the page that it holds, from 1. */
  page: number;
  /** Ends a commit. */
  isCommit: boolean;
  salts: string;
  /** As it stands in it. */
  sum: Sum;
  /** Its first eight bytes and its page; only until the next frame is asked for. */
  bytes: { start: Buffer; page: Buffer };
}

export const headBytes = 32;
export const frameHeadBytes = 24;

/** Null: there is none that SQLite would go by. */
export const readLogHead = (file: string): LogHead | null => {
  const head = bytesOf(file, 0, headBytes);
  const magic = head.length === headBytes ? head.readUInt32BE(0) : 0;
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return null;
  const isTurned = (magic === 0x377f0683) !== (endianness() === "BE");
  const sum = sumOf(head.subarray(0, 24), [0, 0], isTurned);
  const isWhole = sum[0] === head.readUInt32BE(24) && sum[1] === head.readUInt32BE(28);
  const pageBytes = head.readUInt32BE(8);
  return isWhole ? { pageBytes, salts: head.toString("hex", 16, 24), isTurned, sum } : null;
};

/** Each frame that is there whole, from one of a number on; a few at a time are in memory. */
export function* framesIn(file: string, pageBytes: number, first = 0): Generator<Frame, void> {
  const size = frameHeadBytes + pageBytes;
  const many = Buffer.alloc(size * Math.max(1, Math.floor((1 << 20) / size)));
  const handle = openSync(file, "r");
  try {
    for (let index = first; ; ) {
      const read = readSync(handle, many, 0, many.length, headBytes + index * size);
      const whole = Math.floor(read / size);
      for (let n = 0; n < whole; n++, index++) yield frameOf(many.subarray(n * size, (n + 1) * size), index);
      if (whole * size < many.length) return;
    }
  } finally {
    closeSync(handle);
  }
}

const frameOf = (bytes: Buffer, index: number): Frame => ({
  index,
  page: bytes.readUInt32BE(0),
  isCommit: bytes.readUInt32BE(4) !== 0,
  salts: bytes.toString("hex", 8, 16),
  sum: [bytes.readUInt32BE(16), bytes.readUInt32BE(20)],
  bytes: { start: bytes.subarray(0, 8), page: bytes.subarray(frameHeadBytes) },
});

/** What the checksum of a frame has to be, by the one before it. */
export const sumOfFrame = (
  { start, page }: Frame["bytes"],
  before: Sum,
  { isTurned }: Pick<LogHead, "isTurned">,
): Sum => sumOf(page, sumOf(start, before, isTurned), isTurned);

export const isSame = (one: Sum, other: Sum): boolean => one[0] === other[0] && one[1] === other[1];

/** Of a multiple of eight bytes. */
const sumOf = (bytes: Buffer, before: Sum, isTurned: boolean): Sum => {
  const own = isTurned ? Buffer.from(bytes).swap32() : bytes;
  // Frames lie at multiples of eight; what Node cut out of a pool of its own need not.
  const { buffer, byteOffset, length } =
    own.byteOffset % 4 === 0 ? own : Buffer.from(Uint8Array.from(own).buffer);
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  let [one, other] = before;
  for (let n = 0; n < words.length; n += 2) {
    one = (one + (words[n] ?? 0) + other) >>> 0;
    other = (other + (words[n + 1] ?? 0) + one) >>> 0;
  }
  return [one, other];
};

/** What the programs that used a database last had put into its log. */
export interface LogIndex {
  frames: number;
  /** So many of them were in the database itself by then. */
  copied: number;
  salts: string;
}

/** SQLite keeps it in the -shm file, which outlives programs that were killed. Null: nothing that could be relied on. */
export const readLogIndex = (file: string): LogIndex | null => {
  const bytes = bytesOf(file, 0, 100);
  const first = bytes.subarray(0, 48);
  if (bytes.length < 100 || !first.equals(bytes.subarray(48, 96)) || first[12] !== 1) return null;
  const isLittle = endianness() === "LE";
  const number = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  if (!isSame(sumOf(first.subarray(0, 40), [0, 0], false), [number(40), number(44)])) return null;
  return { frames: number(16), copied: number(96), salts: bytes.toString("hex", 32, 40) };
};

/** Of a page of the database itself. */
export const pageIn = (file: string, page: number, pageBytes: number): Buffer =>
  bytesOf(file, (page - 1) * pageBytes, pageBytes);

/** As many as there are. */
export const bytesOf = (file: string, at: number, length: number): Buffer => {
  if (!existsSync(file) || !statSync(file).isFile()) return Buffer.alloc(0);
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.from(new ArrayBuffer(length));
    return bytes.subarray(0, readSync(handle, bytes, 0, length, at));
  } finally {
    closeSync(handle);
  }
};
