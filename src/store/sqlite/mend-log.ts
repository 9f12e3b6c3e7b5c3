import {
  closeSync,
  copyFileSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import {
  type Frame,
  frameHeadBytes,
  framesIn,
  headBytes,
  isSame,
  type LogHead,
  pageIn,
  readLogHead,
  readLogIndex,
  type Sum,
  sumOfFrame,
} from "./log-file.ts";
import { wholeStart } from "./lost-commits.ts";

/** What became of the commits behind the damage: all are there; or they are gone; or parts of them may be in the database all the same. */
export type Mended = "all" | "without" | "perhaps-mixed";

/**
 * Makes a database's damaged log one that SQLite reads to its end. A frame that is broken is written anew where its own checksum proves that the
 * database has the same page by now, or where a later frame replaces the page anyway; if one of them is neither, the log ends before the first.
 * Nobody may use the database meanwhile; keep a copy of its files.
 */
export const mendLog = (file: string): Mended => {
  const log = `${file}-wal`;
  const head = readLogHead(log);
  const index = readLogIndex(`${file}-shm`);
  const start = head === null ? null : wholeStart(log, head);
  let frames = 0;
  if (head === null || start === null) rmSync(log, { force: true });
  else {
    const behind = readable(file, head, start);
    frames = start.whole + behind.length;
    writeMended(file, head, { ...start, behind });
  }
  rmSync(`${file}-shm`, { force: true });
  if (start !== null && frames > start.whole && frames >= (index?.frames ?? 0)) return "all";
  return index !== null && index.copied <= frames ? "without" : "perhaps-mixed";
};

type Start = ReturnType<typeof wholeStart>;

/** Where the page of each frame behind the start is to be taken from, up to the last commit; nothing where one of them cannot be told. */
const readable = (file: string, head: LogHead, { whole, wholeSum }: Start): ("log" | "database")[] => {
  const found: { page: number | null; from: "log" | "database" | null }[] = [];
  let commits = 0;
  let before = wholeSum;
  for (const frame of framesIn(`${file}-wal`, head.pageBytes, whole)) {
    const from = frame.salts === head.salts ? provenBy(file, head, frame, before) : null;
    found.push({ page: frame.salts === head.salts ? frame.page : null, from });
    if (from !== null && frame.isCommit) commits = found.length;
    before = frame.sum;
  }
  const used = found.slice(0, commits);
  const last = new Map(used.flatMap(({ page, from }, n) => (from === null ? [] : [[page, n] as const])));
  const isToldBy = ({ page, from }: (typeof used)[number], n: number) =>
    from !== null || (page !== null && (last.get(page) ?? -1) > n);
  return used.every(isToldBy) ? used.map(({ from }) => from ?? "log") : [];
};

/** Where the bytes are to which the checksum of a frame fits. */
const provenBy = (file: string, head: LogHead, { bytes, page: number, sum }: Frame, before: Sum) => {
  if (isSame(sumOfFrame(bytes, before, head), sum)) return "log";
  const page = pageIn(file, number, head.pageBytes);
  const fits = page.length === head.pageBytes && isSame(sumOfFrame({ ...bytes, page }, before, head), sum);
  return fits ? "database" : null;
};

/** All or nothing: cut off, the log is as it was. */
const writeMended = (
  file: string,
  head: LogHead,
  { whole, wholeSum, behind }: Start & { behind: readonly ("log" | "database")[] },
): void => {
  const log = `${file}-wal`;
  const part = `${log}.part`;
  const frameBytes = frameHeadBytes + head.pageBytes;
  copyFileSync(log, part);
  truncateSync(part, headBytes + (whole + behind.length) * frameBytes);
  const handle = openSync(part, "r+");
  try {
    let before = wholeSum;
    for (const { bytes, page: number, index } of framesIn(log, head.pageBytes, whole)) {
      const from = behind[index - whole];
      if (from === undefined) break;
      const page = from === "log" ? bytes.page : pageIn(file, number, head.pageBytes);
      before = sumOfFrame({ ...bytes, page }, before, head);
      const sum = Buffer.alloc(8);
      sum.writeUInt32BE(before[0], 0);
      sum.writeUInt32BE(before[1], 4);
      const frame = Buffer.concat([bytes.start, Buffer.from(head.salts, "hex"), sum, page]);
      writeSync(handle, frame, 0, frameBytes, headBytes + index * frameBytes);
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(part, log);
};
