import { statfs as nodeStatfs, open } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "#core/errors.ts";

/** The two numbers of a file system that say how much is free for us: blocks and their size in bytes. */
export type Statfs = (path: string) => Promise<{ bavail: number; bsize: number }>;

export interface SpaceNeed {
  /** A file, there or not yet, in the folder that must have the room. */
  path: string;
  /** What is still to be written. */
  needBytes: number;
  /** What must stay free for the rest of the server, its database above all. */
  minimumFreeBytes: number;
  statfs?: Statfs | undefined;
}

/** Throws AppError("disk-full") saying how much is missing. */
export const ensureSpace = async ({
  path,
  needBytes,
  minimumFreeBytes,
  statfs = nodeStatfs,
}: SpaceNeed): Promise<void> => {
  const { bavail, bsize } = await statfs(dirname(path));
  const freeBytes = bavail * bsize;
  const missingBytes = needBytes + minimumFreeBytes - freeBytes;
  if (missingBytes <= 0) return;
  const need = needBytes === 0 ? "" : `the file needs ${readableBytes(needBytes)} more, `;
  throw new AppError(
    "disk-full",
    `There is not enough room on the server's disk: ${need}${readableBytes(minimumFreeBytes)} must stay free, and ${readableBytes(freeBytes)} are left. ` +
      `Free at least ${readableBytes(missingBytes)}, then try again; what was saved so far is kept.`,
  );
};

/** What a failed write means to a person. */
export const writeError = (thrown: unknown): AppError => {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  return code === "ENOSPC" || code === "EDQUOT"
    ? new AppError(
        "disk-full",
        "The server's disk is full. Make room, then try again; what was saved so far is kept.",
        { cause: thrown },
      )
    : new AppError(
        "internal",
        `The file could not be written on the server${code === "" ? "" : ` (${code})`}.`,
        { cause: thrown },
      );
};

/** Makes a rename or a new file in this folder survive a power cut. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** "1.4 GB", in powers of 1000 as disks are sold. */
export const readableBytes = (bytes: number): string => {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const amount = bytes / 1000 ** step;
  return `${step === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[step]}`;
};
