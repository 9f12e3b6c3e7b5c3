import { randomBytes } from "node:crypto";
import type { Store } from "#core/store.ts";
import { openSqliteStore, type SqliteOptions } from "#store/sqlite/open.ts";
import { clock } from "./clock.ts";
import type { DataFolder } from "./data-folder.ts";
import { removeOldCopies, savedBefore } from "./keep/before-upgrade.ts";

/** The store of a data folder, brought up to date; before its tables change it is saved as it was. See openSqliteStore for what it throws. */
export const openStore = async (
  at: DataFolder,
  { diskFailed }: Required<Pick<SqliteOptions, "diskFailed">>,
): Promise<Store> => {
  const store = await openSqliteStore({
    file: at.database,
    now: clock.now,
    random: (n) => randomBytes(n),
    savedBefore: savedBefore(at, clock.now()),
    diskFailed,
  });
  removeOldCopies(at);
  return store;
};
