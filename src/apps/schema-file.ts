import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { AppSchema } from "./runtime/schema.ts";

/** Writes `schema.json` for people and for downloads, whole or not at all. The app itself reads the record in its database. */
export const saveSchemaFile = (folder: string, schema: AppSchema): void => {
  const file = join(folder, "schema.json");
  const handle = openSync(`${file}.part`, "w", 0o600);
  try {
    writeSync(handle, `${JSON.stringify(schema, null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.part`, file);
};
