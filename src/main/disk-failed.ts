import type { Log } from "#core/log.ts";

/** Ends the process: what it would record from here on might not be kept, though the disk said so. */
export const diskFailed =
  (log: Log) =>
  (error: Error): never => {
    log.error(
      { err: error },
      "Milepost stops: the disk did not confirm that what was written to it is kept. Nothing has been answered as saved since. Look at the disk, then start Milepost again; all that was saved before is there.",
    );
    process.exit(1);
  };
