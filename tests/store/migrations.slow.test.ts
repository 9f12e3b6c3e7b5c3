import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { generateSQLiteDrizzleJson, generateSQLiteMigration } from "drizzle-kit/api";
import { describe, expect, it, onTestFinished } from "vitest";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { schema } from "#store/sqlite/schema.ts";
import { folderAsItWas, journal } from "./former-schema.ts";
import { freshFolder } from "./fresh-folder.ts";

const openEmpty = (): Database.Database => {
  const client = new Database(join(freshFolder(), "m.sqlite"));
  onTestFinished(() => void client.close());
  return client;
};

const tablesOf = (client: Database.Database): string[] =>
  client
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    )
    .pluck()
    .all();

/** Every table's columns and indexes, in an order of their own. */
const shapeOf = (client: Database.Database) =>
  tablesOf(client)
    .sort()
    .map((table) => ({
      table,
      columns: client.prepare("SELECT * FROM pragma_table_info(?) ORDER BY name").all(table),
      keys: client.prepare("SELECT * FROM pragma_foreign_key_list(?) ORDER BY id").all(table),
      indexes: client
        .prepare<[string], { name: string }>(
          "SELECT name, \"unique\" FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY name",
        )
        .all(table)
        .map((index) => ({
          ...index,
          columns: client.prepare("SELECT name FROM pragma_index_info(?) ORDER BY seqno").all(index.name),
        })),
    }));

/** One row in every table (also in those that triggers have filled already), all its columns filled; texts and numbers are alike everywhere, so the rows refer to each other. */
const fill = (client: Database.Database): void => {
  client.pragma("foreign_keys = OFF");
  for (const table of tablesOf(client)) {
    const columns = client
      .prepare<[string], { name: string; type: string }>("SELECT name, type FROM pragma_table_info(?)")
      .all(table);
    const names = columns.map(({ name }) => `"${name}"`).join();
    const values = columns.map(({ type }) => (type.toLowerCase() === "text" ? "1" : 1));
    client
      .prepare(`INSERT OR REPLACE INTO "${table}" (${names}) VALUES (${values.map(() => "?").join()})`)
      .run(...values);
  }
};

const rowsOf = (client: Database.Database, table: string): unknown =>
  client.prepare(`SELECT count(*) FROM "${table}"`).pluck().get();

describe("migrations", () => {
  it.each(journal.entries.map(({ tag }, index) => ({ tag, index })))(
    "bring a database that was left at $tag to today's tables and keep its rows",
    ({ index }) => {
      const old = openEmpty();
      bringUpToDate(old, folderAsItWas(index + 1));
      fill(old);
      const filled = new Map(tablesOf(old).map((table) => [table, rowsOf(old, table)]));
      bringUpToDate(old, migrationsFolder);

      const fresh = openEmpty();
      bringUpToDate(fresh, migrationsFolder);
      expect(shapeOf(old)).toEqual(shapeOf(fresh));
      const kept = [...filled].filter(([table]) => tablesOf(fresh).includes(table));
      expect(kept.length).toBeGreaterThan(10);
      expect(kept.map(([table]) => [table, rowsOf(old, table)])).toEqual(kept);
    },
  );

  it("change nothing when they are run a second time", () => {
    const client = openEmpty();
    bringUpToDate(client, migrationsFolder);
    const before = client.pragma("schema_version", { simple: true });
    bringUpToDate(client, migrationsFolder);
    expect(client.pragma("schema_version", { simple: true })).toBe(before);
  });

  it("say all that the schema says: nothing is left to generate", async () => {
    const last = String(journal.entries.length - 1).padStart(4, "0");
    const written = JSON.parse(readFileSync(join(migrationsFolder, `meta/${last}_snapshot.json`), "utf8"));
    const wanted = await generateSQLiteDrizzleJson({ ...schema }, written.id, "snake_case");
    expect(await generateSQLiteMigration(written, wanted)).toEqual([]);
  });

  it("refuse a database that a newer Milepost has changed", () => {
    const client = openEmpty();
    bringUpToDate(client, migrationsFolder);
    const older = folderAsItWas(journal.entries.length - 1);
    expect(() => bringUpToDate(client, older)).toThrow("newer Milepost");
  });

  it("leave nothing behind of one that fails", () => {
    const client = openEmpty();
    const folder = folderAsItWas(1);
    const broken = `${readFileSync(join(folder, `${journal.entries[0]?.tag}.sql`), "utf8")}\n--> statement-breakpoint\nNONSENSE`;
    writeFileSync(join(folder, `${journal.entries[0]?.tag}.sql`), broken);
    expect(() => bringUpToDate(client, folder)).toThrow("NONSENSE");
    expect(tablesOf(client)).toEqual([]);
  });
});
