import type Database from "better-sqlite3";

/** About so many pages of SQLite's log as its own checkpoints would wait for: a change writes some five. */
const everyWrites = 200;
/** Should so many pages come at once, SQLite does it by itself. */
const pagesAtMost = 8_000;

/**
 * Copies what is in SQLite's log into the database now and then, after those who wait for a commit were answered. SQLite's own
 * checkpoints keep a sync that failed to themselves, and then go on as if the disk had it all.
 */
export const createCheckpoints = (client: Database.Database, failed: (error: unknown) => void) => {
  client.pragma(`wal_autocheckpoint = ${pagesAtMost}`);
  let writes = 0;
  const checkpoint = () => {
    if (!client.open) return;
    try {
      client.pragma("wal_checkpoint(PASSIVE)");
    } catch (error) {
      failed(error);
    }
  };
  return {
    written: (count: number): void => {
      writes += count;
      if (writes < everyWrites) return;
      writes = 0;
      setImmediate(checkpoint);
    },
  };
};
