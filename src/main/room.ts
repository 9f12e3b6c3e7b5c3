import { AppError } from "#core/errors.ts";
import type { Files } from "#core/files.ts";

/**
 * Refuses new work below a watermark of free space: on a full disk SQLite can no longer even delete rows to make room,
 * so it must not come that far.
 */
export const assertRoom = async (
  files: Pick<Files, "freeBytes">,
  minimumFreeBytes: number,
): Promise<void> => {
  const free = await files.freeBytes();
  if (free >= minimumFreeBytes) return;
  const mb = (bytes: number) => Math.round(bytes / 1_000_000).toLocaleString("en");
  throw new AppError(
    "disk-full",
    `Only ${mb(free)} MB are free where Milepost keeps its data, and it starts nothing new below ${mb(minimumFreeBytes)} MB. Free some space, then try again; nothing was lost.`,
  );
};
