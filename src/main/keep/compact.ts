import { statfs } from "node:fs/promises";
import { AppError } from "#core/errors.ts";
import type { DataFolder } from "#main/data-folder.ts";
import { compactFile } from "#store/sqlite/compact.ts";
import { alone } from "./alone.ts";

/**
 * Makes the database as small as what is in it, and so that it gives back what it does not use from then on. All or nothing: cut off, it
 * is as it was. Gives its size before and after, in bytes. Throws AppError("conflict") while a server uses it, AppError("disk-full").
 */
export const compact = (at: DataFolder): Promise<{ beforeBytes: number; afterBytes: number }> =>
  alone(at, async () => {
    const { bavail, bsize } = await statfs(at.folder);
    return compactFile(at.database, (needBytes) => {
      if (bavail * bsize >= needBytes) return;
      const mb = (bytes: number) => Math.ceil(bytes / 1e6).toLocaleString("en");
      throw new AppError(
        "disk-full",
        `Compacting needs ${mb(needBytes)} MB of free room beside the database, and there are ${mb(bavail * bsize)} MB. Free some room first; nothing was changed.`,
      );
    });
  });
