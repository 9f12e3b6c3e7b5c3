import { openDatabase } from "./driver.ts";
import { plainError } from "./plain-error.ts";

/**
 * Writes a database that nobody uses anew without what it does not use, in one commit. `assertRoom` hears before how much room that needs:
 * all that is in it goes through SQLite's log once. How many runs there are is counted anew. Sizes in bytes.
 */
export const compactFile = (
  file: string,
  assertRoom: (needBytes: number) => void,
): { beforeBytes: number; afterBytes: number } => {
  const { client } = openDatabase(file);
  const read = (name: string) => Number(client.pragma(name, { simple: true }));
  const sizeBytes = () => read("page_count") * read("page_size");
  try {
    const beforeBytes = sizeBytes();
    assertRoom(beforeBytes - read("freelist_count") * read("page_size"));
    // It takes effect by the vacuum.
    client.pragma("auto_vacuum = INCREMENTAL");
    client.exec(countAnew);
    client.exec("VACUUM");
    client.pragma("wal_checkpoint(TRUNCATE)");
    return { beforeBytes, afterBytes: sizeBytes() };
  } catch (error) {
    throw plainError(error);
  } finally {
    client.close();
  }
};

const countAnew = `BEGIN; DELETE FROM run_counts;
INSERT INTO run_counts SELECT state, workflow_id, count(*) FROM runs GROUP BY state, workflow_id; COMMIT`;
