import type { Db, Search } from "./dialect.ts";
import type { Schema } from "./schema.ts";
import type { Transactions } from "./tx.ts";

/** What the store is built of, on every database. */
export interface SqlDeps {
  db: Db;
  schema: Schema;
  search: Search;
  tx: Transactions;
  /** Other processes change the same tables: what is remembered may be out of date. */
  isShared: boolean;
  now(): number;
  newId(): string;
}
