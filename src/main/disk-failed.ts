import type { Log } from "#core/log.ts";
import { FileReplaced } from "#store/sqlite/same-file.ts";

/** Ends the process: what it would record from here on might not be kept, though the disk said so, or nobody would find it. */
export const diskFailed =
  (log: Log) =>
  (error: Error): never => {
    log.error(
      { err: error },
      error instanceof FileReplaced
        ? "Milepost stops: its database was replaced or removed while it ran, and what it would record from here on would be lost. Nothing has been answered as saved since. Start Milepost again, which then uses the database that lies there; stop it before you put a backup in place."
        : "Milepost stops: the disk did not confirm that what was written to it is kept. Nothing has been answered as saved since. Look at the disk, then start Milepost again; all that was saved before is there.",
    );
    process.exit(1);
  };
