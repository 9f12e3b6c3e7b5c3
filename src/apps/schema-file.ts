import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ontoDisk } from "./onto-disk.ts";
import { type AppSchema, appSchema } from "./runtime/schema.ts";

const titled = appSchema.pick({ title: true });

/**
 * Has `schema.json` say what the app is, for people and for downloads, whole or not at all. The app itself reads the record in its
 * database, so that a file that a crash left behind only has to be written again.
 */
export const saveSchemaFile = (folder: string, schema: AppSchema): void => {
  const file = join(folder, "schema.json");
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (textOf(file) === text) return;
  // Another server of the same data may be writing it too.
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, text, { mode: 0o600 });
  ontoDisk(part);
  renameSync(part, file);
  ontoDisk(folder);
};

/** The title of an app, told from its folder alone; null where that has no whole file. */
export const titleIn = (folder: string): string | null => {
  try {
    return titled.parse(JSON.parse(textOf(join(folder, "schema.json")) ?? "")).title;
  } catch {
    return null;
  }
};

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
};
