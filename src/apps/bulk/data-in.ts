import { randomUUID } from "node:crypto";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { Into } from "./bulk-order.ts";

/** The data of an app as its own functions take them. */
export const dataIn = (db: AppDatabase, { schema }: Pick<Into, "schema">) => ({
  ...{ db, schema },
  clock: { now: () => Date.now(), newId: () => randomUUID() },
});
