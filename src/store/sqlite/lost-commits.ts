import { statSync } from "node:fs";
import {
  bytesOf,
  type Frame,
  frameHeadBytes,
  framesIn,
  headBytes,
  isSame,
  type LogHead,
  type LogIndex,
  readLogHead,
  readLogIndex,
  sumOfFrame,
} from "./log-file.ts";

export interface LostCommits {
  /** Where the log of the database, its -wal file, can no longer be read: bytes from its start. */
  byte: number;
  /** So many commits are behind it. */
  most: number;
  /** Frames of its start that are whole, up to the end of a commit. */
  whole: number;
}

/**
 * Commits that SQLite would pass over without a word when it opens a database: it reads the log up to the first frame whose checksum does not fit.
 * Null where none is known to be lost. One commit behind that place is what a power cut may leave: it was never acknowledged, as each is on the
 * disk before the next one is begun. Where the log was cut off, only its index (-shm) tells, which a power cut takes away. Nobody may use the
 * database meanwhile, nor have opened it since it was left.
 */
export const lostCommits = (file: string): LostCommits | null => {
  const log = `${file}-wal`;
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  const index = readLogIndex(`${file}-shm`);
  const head = readLogHead(log);
  if (head === null) return behindNoHead(file, size, index);
  const { end, whole } = wholeStart(log, head);
  const frameBytes = frameHeadBytes + head.pageBytes;
  const behind = commitsIn(framesIn(log, head.pageBytes, end), head.salts);
  const known = index?.salts === head.salts ? index.frames : 0;
  const missing = known - whole;
  if (behind < 2 && missing <= 0) return null;
  // A frame is a commit at most.
  const isCutOff = headBytes + known * frameBytes > size;
  return { byte: headBytes + end * frameBytes, most: isCutOff || behind === 0 ? missing : behind, whole };
};

/** Without its head SQLite takes a log for empty; it is on the disk before the first frame. */
const behindNoHead = (file: string, size: number, index: LogIndex | null): LostCommits | null => {
  const pageBytes = pageBytesOf(file);
  if (size > headBytes && pageBytes !== null) {
    const log = `${file}-wal`;
    const frames = [...firstOf(framesIn(log, pageBytes), 2)];
    const most = commitsIn(framesIn(log, pageBytes), frames.at(-1)?.salts ?? "");
    if (most > 0) return { byte: 0, most, whole: 0 };
  }
  const missing = index === null ? 0 : index.frames - index.copied;
  return missing > 0 ? { byte: 0, most: missing, whole: 0 } : null;
};

/** How many frames follow from each other; how many of these up to the end of the last commit, and its checksum. */
export const wholeStart = (log: string, head: LogHead) => {
  let { sum } = head;
  let end = 0;
  let whole = 0;
  let wholeSum = sum;
  for (const frame of framesIn(log, head.pageBytes)) {
    if (frame.salts !== head.salts || !isSame(sumOfFrame(frame.bytes, sum, head), frame.sum)) break;
    ({ sum } = frame);
    end = frame.index + 1;
    if (!frame.isCommit) continue;
    whole = end;
    wholeSum = sum;
  }
  return { end, whole, wholeSum };
};

const commitsIn = (frames: Iterable<Frame>, salts: string): number => {
  let count = 0;
  for (const frame of frames) if (frame.isCommit && frame.salts === salts) count++;
  return count;
};

function* firstOf<T>(all: Iterable<T>, count: number): Generator<T, void> {
  let left = count;
  for (const one of all) {
    yield one;
    if (--left === 0) return;
  }
}

const pageBytesOf = (file: string): number | null => {
  const head = bytesOf(file, 0, 18);
  if (head.length < 18) return null;
  const told = head.readUInt16BE(16);
  return told === 1 ? 65_536 : told < 512 ? null : told;
};
