import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  doublePrecision,
  index,
  pgTable,
  primaryKey,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { jsonCodec } from "#store/json-codec.ts";

/** Compared byte by byte, as SQLite does, whatever the language of the database. It takes no zero character, so that one becomes its picture. */
const textColumn = customType<{ data: string; driverData: string }>({
  dataType: () => 'text collate "C"',
  toDriver: (value) => (typeof value === "string" ? value.replaceAll("\0", "␀") : value),
});

const jsonColumn = customType<{ data: unknown; driverData: string | null }>(jsonCodec);

/** The generator of migrations writes a default of such a column down as it is. */
const json = <T>() => {
  const column = jsonColumn().$type<T>();
  const withDefault = column.default.bind(column);
  return Object.assign(column, {
    default: (value: T) => withDefault(sql.raw(`'${JSON.stringify(value).replaceAll("'", "''")}'`)),
  });
};

const whole = () => bigint({ mode: "number" });

/** How PostgreSQL keeps each kind of value: the same shape as SQLite's. */
export const columns = {
  table: pgTable,
  text: <T extends string = string>() => textColumn().$type<T>(),
  integer: whole,
  counter: () => whole().generatedByDefaultAsIdentity(),
  real: () => doublePrecision(),
  instant: whole,
  boolean: () => boolean(),
  json,
  index,
  uniqueIndex,
  primaryKey,
};
