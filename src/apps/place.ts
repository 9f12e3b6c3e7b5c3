import type { AppDatabase } from "./runtime/dialect.ts";
import { openDatabase } from "./runtime/sqlite.ts";

/** Where an app's tables are, so that another process can be told. */
export interface AppPlace {
  /** An SQLite file. */
  file: string;
}

/** Opens an app's tables in this process. A write waits for another one so long. */
export const openAt = ({ file }: AppPlace, waitMs = 0): AppDatabase => openDatabase(file, waitMs);
