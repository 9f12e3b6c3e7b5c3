import type { AppRegistry } from "#apps/registry.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import type { AppSchema, Column } from "#apps/runtime/schema.ts";
import { repairShop } from "./samples.ts";

const city: Column = { type: "text", label: "City", required: false, unique: false };

export const withCity = (): AppSchema => {
  const changed = structuredClone(repairShop);
  Object.assign(changed.tables.customers?.columns ?? {}, { city });
  return changed;
};

export const addCity = {
  from: repairShop,
  to: withCity(),
  apply: (db: AppDatabase) =>
    db.exec(`ALTER TABLE customers ADD COLUMN ${db.dialect.columnSql("city", city)}`),
};

export const customer = (db: ReturnType<AppRegistry["open"]>["db"], id: string) =>
  db.prepare("INSERT INTO customers (id, name, created_at, updated_at) VALUES (?, 'Ada', '', '')").run(id);
