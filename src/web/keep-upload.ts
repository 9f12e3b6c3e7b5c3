import { createWriteStream } from "node:fs";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";
import { upload } from "#core/upload.ts";

const gibibyte = 1024 ** 3;
/** The largest file that is taken. */
export const mostFileBytes = 2 * gibibyte;
/** Left free on the disk whatever is sent. */
const reserveBytes = gibibyte / 4;

/** Keeps a file as it comes, piece by piece, and gives the name under which a run finds it. Throws AppError("too-large", "disk-full"). */
export const keepUpload = async (
  { files, newId }: { files: Files; newId(): string },
  called: string,
  source: Readable,
): Promise<string> => {
  const room = (await files.freeBytes()) - reserveBytes;
  const name = upload.name(newId(), called);
  let bytes = 0;
  const limited = new Transform({
    transform: (piece: Buffer, _, next) => {
      bytes += piece.length;
      next(bytes > mostFileBytes ? tooLarge() : bytes > room ? noRoom() : null, piece);
    },
  });
  try {
    await pipeline(source, limited, createWriteStream(await files.place(name), { mode: 0o600 }));
    await files.keep(name);
    return name;
  } catch (error) {
    await files.remove(name);
    throw error;
  }
};

const tooLarge = () => new AppError("too-large", "This file is larger than Milepost takes: at most 2 GiB.");
const noRoom = () =>
  new AppError("disk-full", "The disk of this server has too little room for this file. Make room first.");
