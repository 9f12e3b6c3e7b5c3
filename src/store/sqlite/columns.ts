import {
  customType,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { jsonCodec } from "#store/json-codec.ts";

const jsonColumn = customType<{ data: unknown; driverData: string | null }>(jsonCodec);

/** How this database keeps each kind of value. PostgreSQL gets a module of the same shape. */
export const columns = {
  table: sqliteTable,
  text: <T extends string = string>() => text().$type<T>(),
  integer: () => integer(),
  /** Counts up by itself as a primary key. */
  counter: () => integer(),
  real: () => real(),
  /** Milliseconds since 1970. */
  instant: () => integer(),
  boolean: () => integer({ mode: "boolean" }),
  json: <T>() => jsonColumn().$type<T>(),
  index,
  uniqueIndex,
  primaryKey,
};
