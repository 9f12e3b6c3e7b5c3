import { applyMigration } from "#apps/migrate.ts";
import { createAppRegistry } from "#apps/registry.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { AppSchema, Column } from "#apps/runtime/schema.ts";
import { columnSql } from "#apps/runtime/sqlite.ts";
import { repairShop } from "./samples.ts";

// Makes, changes, changes back and removes an app over and over, until it is killed. Started by kill.slow.test.ts with the folder.
const registry = createAppRegistry({ folder: process.argv[2] ?? "", now: () => Date.now() });
const city: Column = { type: "text", label: "City", required: false, unique: false };

const withCities = (schema: AppSchema): AppSchema => {
  const to = structuredClone(schema);
  for (const table of Object.values(to.tables)) Object.assign(table.columns, { city });
  return to;
};

for (let turn = 0; ; turn++) {
  const { schema } = registry.create(repairShop, "run-1");
  if (turn === 0) process.stdout.write("going\n");
  if (Object.hasOwn(schema.tables.customers?.columns ?? {}, "city")) {
    registry.remove("repair-shop", "run-1");
    continue;
  }
  registry.keepCopy("repair-shop", `run-${process.pid}-${turn}`);
  registry.migrate("repair-shop", {
    from: schema,
    to: withCities(schema),
    apply: (db) => {
      for (const name of Object.keys(schema.tables))
        db.exec(`ALTER TABLE "${name}" ADD COLUMN ${columnSql("city", city)}`);
    },
  });
  if (turn % 2 === 0) {
    const from = withCities(schema);
    const back = {
      from,
      to: schema,
      apply: (db: AppDatabase, copy: string | null) => applyMigration(db, from, schema, copy),
    };
    registry.migrate("repair-shop", { ...back, copy: `run-${process.pid}-${turn}` });
  }
  registry.remove("repair-shop", "run-1");
}
