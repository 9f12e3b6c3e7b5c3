import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ontoDisk } from "./onto-disk.ts";
import type { AppSchema } from "./runtime/schema.ts";

/** Writes `schema.json` for people and for downloads, whole or not at all. The app itself reads the record in its database. */
export const saveSchemaFile = (folder: string, schema: AppSchema): void => {
  const file = join(folder, "schema.json");
  writeFileSync(`${file}.part`, `${JSON.stringify(schema, null, 2)}\n`, { mode: 0o600 });
  ontoDisk(`${file}.part`);
  renameSync(`${file}.part`, file);
  ontoDisk(folder);
};
