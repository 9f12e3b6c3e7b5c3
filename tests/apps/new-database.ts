import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import type { AppsHome } from "#apps/open-apps.ts";
import { openAppDatabase } from "#apps/postgres/app-database.ts";
import { makeFunctions } from "#apps/postgres/functions.ts";
import { type Line, openLine } from "#apps/postgres/line.ts";
import { makeSchemaSql, newRole } from "#apps/postgres/schemas.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { openDatabase } from "#apps/runtime/sqlite.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a PostgreSQL, where the tables of apps are to be in one. */
    appsDatabase: string;
  }
}

let line: Line | null = null;

const lineTo = (address: string): Line => {
  if (line !== null) return line;
  line = openLine(address);
  makeFunctions(line);
  return line;
};

/** Where the apps of a test are to be, with none in it yet. */
export const newHome = async (): Promise<AppsHome> => {
  const address = inject("appsDatabase");
  if (address === undefined) {
    const folder = await mkdtemp(join(tmpdir(), "milepost-apps-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return { folder };
  }
  const name = `apps_${randomBytes(6).toString("hex")}`;
  lineTo(address).ask([{ sql: `CREATE DATABASE ${name} TEMPLATE template0` }]);
  const url = new URL(address);
  url.pathname = name;
  return { database: url.href };
};

/** A database for an app of a test, with nothing in it: of the kind on which these tests run. */
export const newDatabase = (): AppDatabase => {
  const address = inject("appsDatabase");
  if (address === undefined) return openDatabase(":memory:");
  const role = newRole();
  const at = { schema: role, role };
  lineTo(address).ask([{ sql: makeSchemaSql(at) }]);
  return openAppDatabase(lineTo(address), at);
};
