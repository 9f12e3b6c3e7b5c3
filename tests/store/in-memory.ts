import { randomBytes } from "node:crypto";
import type { Store } from "#core/store.ts";
import { openDatabase } from "#store/sqlite/driver.ts";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { storeOn } from "#store/sqlite/open.ts";

let empty: Buffer | undefined;

/**
 * A database in memory with every table and no row, the very SQLite that serves in earnest. The migrations run for the first one only: they
 * take the processor forty times as long as a copy of what came out of them.
 */
export const openInMemory = () => {
  const opened = openDatabase(empty ?? ":memory:");
  bringUpToDate(opened.client, migrationsFolder);
  empty ??= opened.client.serialize();
  return opened;
};

/** The store over such a database. */
export const storeInMemory = (now = Date.now, opened = openInMemory()): Store =>
  storeOn({ ...opened, release: () => {} }, { now, random: (n) => randomBytes(n) });
