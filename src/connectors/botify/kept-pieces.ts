import { createHash } from "node:crypto";
import { open, truncate } from "node:fs/promises";
import { systemClock } from "#connectors/http/waiting.ts";
import { AppError } from "#core/errors.ts";
import type { Pieces } from "#core/files.ts";
import { ensureSpace, writeError } from "./disk.ts";
import { type Downloaded, type DownloadOptions, downloadFile } from "./download.ts";
import {
  addressOf,
  discardPartial,
  readSource,
  rememberSource,
  resumable,
  type Source,
  sourceIn,
} from "./partial.ts";

export interface KeptElsewhere {
  pieces: Pieces;
  /** What the pieces are of: no other download has the same. */
  what: string;
  /** So many bytes came back from there, and the download goes on behind them. */
  onTaken(bytes: number): void;
  /** Pieces can be neither read nor kept, with the reason as a sentence, told once; the download goes on without. */
  onTrouble(why: string): void;
}

/** As long as a file on a disk that nothing refers to. */
const keptForMs = 7 * 24 * 3_600_000;
const againAfterMs = 30_000;

/** The pieces of a file that are there without a gap from its first byte. */
interface There {
  of: string;
  bytes: number;
}

const none: Readonly<There> = { of: "", bytes: 0 };

/**
 * Downloads a file as `downloadFile` does; begins with what another node has kept of it, and keeps what comes for the next one. A piece is named
 * after what the server said of its file, so those of two files never meet, and one that two nodes keep is the same.
 */
export const downloadInPieces = async (
  options: DownloadOptions,
  kept: KeptElsewhere,
): Promise<Downloaded> => {
  const { signal, onProgress } = options;
  let isTold = false;
  const trouble = (thrown: unknown): null => {
    if (!isTold) kept.onTrouble((thrown instanceof AppError ? thrown : writeError(thrown)).message);
    isTold = true;
    return null;
  };
  const there = await takeOver(options, kept).catch((thrown: unknown) => {
    if (signal.aborted) throw thrown;
    return trouble(thrown);
  });
  const keeper = keepPieces(options, kept, there, trouble);
  try {
    return await downloadFile({
      ...options,
      onProgress: (progress) => {
        keeper.told(progress.doneBytes);
        onProgress?.(progress);
      },
    });
  } finally {
    const ended = keeper.stop();
    // Whoever cancels does not wait for a storage.
    if (!signal.aborted) await ended;
  }
};

const placeOf = (what: string, of: string, at: number): string => `${what}/${of}/${at}`;
const sourceOf = (what: string): string => `${what}/source`;

/** One name for each file that a server can have meant. */
const nameOf = ({ address, validator, totalBytes }: Source): string =>
  createHash("sha256")
    .update(JSON.stringify([address, validator, totalBytes]))
    .digest("hex")
    .slice(0, 16);

/** Brings what is kept to this disk, where it goes further than what is here. */
const takeOver = async (
  { to, url, minimumFreeBytes, statfs, signal, onProgress }: DownloadOptions,
  { pieces, what, onTaken }: KeptElsewhere,
): Promise<There | null> => {
  const told = await pieces.get(sourceOf(what));
  const source = told === null ? null : sourceIn(Buffer.from(told).toString());
  if (source === null || source.address !== addressOf(url)) return null;
  const of = nameOf(source);
  const listed = await pieces.list(what);
  const there = { of, bytes: 0 };
  while (listed.get(placeOf(what, of, there.bytes)) === pieces.bytes) there.bytes += pieces.bytes;
  const here = await resumable(to, url);
  const isSame = here.source !== null && nameOf(here.source) === of;
  if (there.bytes <= (isSame ? here.doneBytes : 0)) return there;

  const from = isSame ? here.doneBytes - (here.doneBytes % pieces.bytes) : 0;
  await ensureSpace({ path: to, needBytes: there.bytes - from, minimumFreeBytes, statfs });
  // What is here of another file is gone before its bytes could be taken for this one's.
  if (isSame) await truncate(to, from);
  else await discardPartial(to);
  const file = await open(to, "a", 0o600);
  let at = from;
  try {
    while (at < there.bytes) {
      signal.throwIfAborted();
      const piece = await pieces.get(placeOf(what, of, at));
      if (piece?.length !== pieces.bytes) break;
      await file.writeFile(piece);
      at += piece.length;
      onProgress?.({ doneBytes: at, totalBytes: source.totalBytes });
    }
  } finally {
    await file.close();
    if (!isSame && at > 0) await rememberSource(to, source);
  }
  onTaken(at - from);
  return { of, bytes: at };
};

/** Keeps one piece after the other as they come, read from the disk again: a storage that is slow does not hold up the download. */
const keepPieces = (
  { to, clock = systemClock }: DownloadOptions,
  { pieces, what }: KeptElsewhere,
  there: There | null,
  trouble: (thrown: unknown) => void,
) => {
  let next = there ?? { ...none };
  let cameBytes = next.bytes;
  let notBefore = 0;
  let stopped = false;
  let atWork: Promise<void> | null = null;

  const keep = async (): Promise<void> => {
    while (!stopped && cameBytes >= next.bytes + pieces.bytes) {
      const source = await readSource(to);
      if (source === null || source.validator === null) return;
      const of = nameOf(source);
      if (of !== next.of) {
        next = { of, bytes: 0 };
        await pieces.removeOlder(clock.now() - keptForMs);
        await pieces.put(sourceOf(what), Buffer.from(JSON.stringify(source)));
      }
      const piece = await readPiece(to, next.bytes, pieces.bytes);
      // A download that began anew meanwhile has said so before it wrote its first byte.
      const after = await readSource(to);
      if (piece === null || after === null || nameOf(after) !== of) return;
      await pieces.put(placeOf(what, of, next.bytes), piece);
      next.bytes += pieces.bytes;
    }
  };
  return {
    told: (doneBytes: number): void => {
      if (doneBytes < cameBytes) next = { ...none };
      cameBytes = doneBytes;
      if (atWork !== null || cameBytes < next.bytes + pieces.bytes || clock.now() < notBefore) return;
      atWork = keep()
        .catch((thrown: unknown) => {
          trouble(thrown);
          notBefore = clock.now() + againAfterMs;
        })
        .finally(() => {
          atWork = null;
        });
    },
    /** Resolves when the piece that is on its way is kept. */
    stop: async (): Promise<void> => {
      stopped = true;
      await atWork;
    },
  };
};

const readPiece = async (path: string, at: number, bytes: number): Promise<Buffer | null> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, at);
    return bytesRead === bytes ? buffer : null;
  } finally {
    await file.close();
  }
};
