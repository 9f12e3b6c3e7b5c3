import { openAppDatabase, type Schema } from "./postgres/app-database.ts";
import { openLine } from "./postgres/line.ts";
import type { AppDatabase } from "./runtime/dialect.ts";
import { openDatabase } from "./runtime/sqlite.ts";

/** Where an app's tables are, so that another process can be told: in an SQLite file, or in a schema of the PostgreSQL at `database`. */
export type AppPlace = { file: string } | (Schema & { database: string });

/** Nobody is held up by a process that has nothing else to do. */
const limitMs = 120_000;

/** Opens an app's tables in this process. A write waits for another one so long. */
export const openAt = (at: AppPlace, waitMs = 0): AppDatabase =>
  "file" in at ? openDatabase(at.file, waitMs) : openAppDatabase(openLine(at.database, limitMs), at, waitMs);
