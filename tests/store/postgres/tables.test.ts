import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface Snapshot {
  tables: Record<
    string,
    { name: string; columns: Record<string, { notNull: boolean }>; indexes: Record<string, unknown> }
  >;
}

/** What the migrations of a database have made, as the generator wrote it down with the newest. */
const madeBy = (database: string) => {
  const folder = fileURLToPath(new URL(`../../../drizzle/${database}/meta`, import.meta.url));
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith("_snapshot.json"))
    .sort()
    .at(-1);
  const { tables } = JSON.parse(readFileSync(join(folder, newest ?? ""), "utf8")) as Snapshot;
  return Object.fromEntries(
    Object.values(tables).map(({ name, columns, indexes }) => [
      name,
      {
        columns: Object.fromEntries(
          Object.entries(columns).map(([column, { notNull }]) => [column, notNull]),
        ),
        indexes: Object.keys(indexes).sort(),
      },
    ]),
  );
};

test("the migrations of both databases make the same tables, columns and indexes", () => {
  expect(madeBy("postgres")).toEqual(madeBy("sqlite"));
});

/** What a node of the version before cannot bear: it goes on reading and writing while newer nodes come up beside it. */
const contracting =
  /\bDROP (?:TABLE|COLUMN)|\bRENAME\b|SET DATA TYPE|SET NOT NULL|ADD COLUMN (?![^,;]*DEFAULT)[^,;]*NOT NULL/i;

test("a migration of PostgreSQL only adds, so that nodes of the version before work on beside newer ones", () => {
  const folder = fileURLToPath(new URL("../../../drizzle/postgres", import.meta.url));
  const files = readdirSync(folder).filter((name) => /^\d+_.*\.sql$/.test(name) && !name.startsWith("0000"));
  expect(files.length).toBeGreaterThan(0);
  for (const name of files)
    expect(contracting.exec(readFileSync(join(folder, name), "utf8")), name).toBeNull();
  for (const bad of [
    'ALTER TABLE "runs" DROP COLUMN "a";',
    'ALTER TABLE "runs" RENAME COLUMN "a" TO "b";',
    'ALTER TABLE "runs" ADD COLUMN "a" text NOT NULL;',
    'ALTER TABLE "runs" ALTER COLUMN "a" SET NOT NULL;',
    'ALTER TABLE "runs" ALTER COLUMN "a" SET DATA TYPE bigint;',
  ])
    expect(bad).toMatch(contracting);
  expect('ALTER TABLE "runs" ADD COLUMN "a" text DEFAULT \'\' NOT NULL;').not.toMatch(contracting);
});
