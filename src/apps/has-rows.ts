import { quote } from "./runtime/database.ts";
import type { AppData } from "./runtime/rows.ts";

/** Whether anything has been entered into an app. */
export const hasRows = ({ db, schema }: AppData): boolean =>
  Object.keys(schema.tables).some(
    (name) => db.prepare(`SELECT 1 FROM ${quote(name)} LIMIT 1`).get() !== undefined,
  );
