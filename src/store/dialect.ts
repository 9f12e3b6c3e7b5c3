import type { columns } from "#store/sqlite/columns.ts";
import type { openDatabase } from "#store/sqlite/driver.ts";
import type { search } from "#store/sqlite/search.ts";

/**
 * The types in which schema and queries are written, once for every database: those of SQLite. Another database's `columns` and
 * `db` have the same shape and are cast to these where they are made, so the queries use only what all databases have.
 */
export type Columns = typeof columns;
export type Db = ReturnType<typeof openDatabase>["db"];
export type Search = typeof search;
