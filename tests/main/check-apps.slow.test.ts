import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSharedApps } from "#apps/postgres/shared-apps.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { customer } from "../apps/changes.ts";
import { repairShop } from "../apps/samples.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { testFolder } from "./milepost.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const look = (at: ReturnType<typeof inDataFolder>, database: string) =>
  check(at, { key: null, database, files: null });

test("apps that live in PostgreSQL are looked at, those that were removed and copies too: what each says of itself, its tables and every row", async () => {
  const at = inDataFolder(join(testFolder(), "data"));
  mkdirSync(at.folder, { mode: 0o700 });
  const database = await server.fresh();
  const apps = createSharedApps({ database, now: Date.now });
  customer(apps.create(repairShop, "run-1").db, "a");
  apps.keepCopy("repair-shop", "run-2");
  customer(apps.create({ ...repairShop, app: "away" }, "run-3").db, "a");
  apps.remove("away");
  apps.create({ ...repairShop, app: "other", title: "Other" }, "run-4");
  apps.close();
  const client = new Client({ connectionString: database });
  await client.connect();
  const everything = async () =>
    (
      await client.query(
        "SELECT nspname, rolname, obj_description(n.oid) AS said FROM pg_namespace n JOIN pg_roles r ON r.oid = nspowner ORDER BY 1",
      )
    ).rows;
  const before = await everything();
  const sound = await look(at, database);
  expect(sound.faults).toEqual([]);
  expect(sound.looked).toContain("4 apps in PostgreSQL, copies among them");
  expect(await everything()).toEqual(before);

  const called = (start: string) => before.find(({ nspname }) => nspname.startsWith(start)).nspname;
  const [copy, gone] = [called("copy_"), called("gone_")];
  const { rows } = await client
    .query(
      `ALTER TABLE "app_repair-shop".customers DROP COLUMN name CASCADE; DROP TABLE "${copy}".customers; COMMENT ON SCHEMA app_other IS 'by hand'; CHECKPOINT`,
    )
    .then(() =>
      client.query("SELECT current_setting('data_directory') || '/' || pg_relation_filepath($1) AS path", [
        `"${gone}".customers`,
      ]),
    );
  await client.end();
  // As a disk that fails does it.
  writeFileSync(rows[0].path, Buffer.alloc(8_192, "x"), { flag: "r+" });
  await server.restart();
  const { faults } = await look(at, database);
  expect(faults).toEqual([
    expect.stringContaining("app_other in PostgreSQL does not say of which app it is"),
    `The table customers of “${repairShop.title}” lacks name (app_repair-shop in PostgreSQL).`,
    `The schema ${copy} in PostgreSQL lacks the table customers of “${repairShop.title}”.`,
    expect.stringMatching(
      /^The table customers of “.+” cannot be read \(gone_away_\d+ in PostgreSQL\): invalid page in block 0/,
    ),
  ]);
});
