import { rm } from "node:fs/promises";
import { stopped } from "#connectors/http/waiting.ts";
import type { Errands } from "#core/errand.ts";
import { partOf, type UnpackedCsv, type UnpackOptions } from "./unpack.ts";

const memoryMb = 192;
/** For the largest file on the slowest disk. */
const timeLimitMs = 3 * 3_600_000;
/** It reads and writes piece by piece. */
const silentMs = 60_000;

/** As `unpackCsv`, in a process of its own. Throws AppError("too-large") also when that ended before its work did. */
export const unpackApart = async (errands: Errands, options: UnpackOptions): Promise<UnpackedCsv> => {
  const { signal, onProgress, ...order } = options;
  try {
    return await errands.run<UnpackedCsv>({
      entry: new URL("./unpack-child.ts", import.meta.url),
      order,
      failure: "The downloaded file could not be unpacked",
      memoryMb,
      timeLimitMs,
      silentMs,
      signal,
      onProgress: (progress) => onProgress?.(progress as { doneBytes: number; totalBytes: number }),
    });
  } catch (thrown) {
    // A process that was killed could not clear up.
    await rm(partOf(options.to), { force: true });
    throw signal.aborted ? stopped(signal) : thrown;
  }
};
