import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrationsFolder } from "#store/sqlite/migrations.ts";
import { freshFolder } from "./fresh-folder.ts";

interface Journal {
  entries: { idx: number; tag: string; when: number }[];
}
export const journal: Journal = JSON.parse(
  readFileSync(join(migrationsFolder, "meta/_journal.json"), "utf8"),
);

/** The folder of migrations as it was when it had only this many. */
export const folderAsItWas = (many: number): string => {
  const folder = join(freshFolder(), "migrations");
  mkdirSync(join(folder, "meta"), { recursive: true });
  const entries = journal.entries.slice(0, many);
  writeFileSync(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
  for (const { tag } of entries) cpSync(join(migrationsFolder, `${tag}.sql`), join(folder, `${tag}.sql`));
  return folder;
};
