import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ontoDisk } from "./onto-disk.ts";
import type { AppSchema } from "./runtime/schema.ts";

const outlined = z.object({
  title: z.string(),
  tables: z.record(z.string(), z.object({ title: z.string() })),
});

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

/** What an app and its tables are called. */
export interface Outline {
  title: string;
  tables: { name: string; title: string }[];
}

/** The outline of an app, told from its folder alone; null where that has no whole file. */
export const outlineIn = (folder: string): Outline | null => {
  try {
    const { title, tables } = outlined.parse(JSON.parse(textOf(join(folder, "schema.json")) ?? ""));
    return { title, tables: Object.entries(tables).map(([name, { title }]) => ({ name, title })) };
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
