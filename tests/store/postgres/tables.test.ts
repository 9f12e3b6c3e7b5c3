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
