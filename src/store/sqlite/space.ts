import type Database from "better-sqlite3";
import type { Store } from "#core/store.ts";

/** So many pages of 4 kB go back at once. */
const slice = 128;
/** `PRAGMA auto_vacuum` of a database that gives back when it is asked to. */
const incremental = 2;

/**
 * What a database takes on the disk. `written` hears of about how many changes giving back is like; `doing` does something as soon as no
 * other program holds the database.
 */
export const spaceIn = (
  client: Database.Database,
  written: (changes: number) => void,
  doing: <T>(work: () => T) => Promise<T>,
): Pick<Store, "space" | "giveBack"> => {
  const read = (name: string) => Number(client.pragma(name, { simple: true }));
  return {
    space: async () => ({
      bytes: read("page_count") * read("page_size"),
      unusedBytes: read("freelist_count") * read("page_size"),
      givesBack: read("auto_vacuum") === incremental,
    }),
    giveBack: () =>
      doing(() => {
        const before = read("freelist_count");
        if (before === 0 || read("auto_vacuum") !== incremental) return 0;
        client.pragma(`incremental_vacuum(${slice})`);
        written(slice);
        return (before - read("freelist_count")) * read("page_size");
      }),
  };
};
