import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSharedApps } from "#apps/postgres/shared-apps.ts";
import type { CrawledPage, CrawlFind } from "#core/crawl.ts";
import { inDataFolder } from "#main/data-folder.ts";
import { check } from "#main/keep/check.ts";
import { openCrawlJournal } from "#store/postgres/crawl-journal.ts";
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

/** Does to a table's first page what a disk that fails does; ends the client. */
const damage = async (client: Client, table: string): Promise<void> => {
  await client.query("CHECKPOINT");
  const { rows } = await client.query(
    "SELECT current_setting('data_directory') || '/' || pg_relation_filepath($1) AS path",
    [table],
  );
  await client.end();
  writeFileSync(rows[0].path, Buffer.alloc(8_192, "x"), { flag: "r+" });
  await server.restart();
};

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
  expect(sound.looked).toContain("4 apps (copies among them) and 0 crawls in PostgreSQL");
  expect(await everything()).toEqual(before);

  const called = (start: string) => before.find(({ nspname }) => nspname.startsWith(start)).nspname;
  const [copy, gone] = [called("copy_"), called("gone_")];
  await client.query(
    `ALTER TABLE "app_repair-shop".customers DROP COLUMN name CASCADE; DROP TABLE "${copy}".customers; COMMENT ON SCHEMA app_other IS 'by hand'`,
  );
  await damage(client, `"${gone}".customers`);
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

test("crawls in PostgreSQL are looked at: a piece that is gone is told with the pages that are there, and pages of its file that are damaged", async () => {
  const at = inDataFolder(join(testFolder(), "data"));
  mkdirSync(at.folder, { mode: 0o700 });
  const database = await server.fresh();
  const journal = await openCrawlJournal(database);
  const page: CrawledPage = {
    ...{ url: "http://a.example/", httpCode: 200, contentType: null, title: null, description: null, h1: [] },
    ...{ canonical: null, noindex: false, nofollow: false, redirectTo: null, byteSize: 1, wireBytes: 1 },
    ...{ loadMs: 1, crawledAt: 1, links: [], linksTotal: 0, hreflang: [], cut: null },
  };
  const finds: CrawlFind[] = [{ page, discovered: [], leftOut: [] }];
  const limits = { mostPages: 10, mostDepth: 10, pauseMs: 0 };
  const { id } = await journal.begin({ url: page.url, project: "p", key: null, ...limits });
  const hold = (await journal.take(id)) ?? 0;
  for (let n = 0; n < 3; n++) await journal.keep(id, hold, finds);
  await journal.close();
  const { faults, looked } = await look(at, database);
  expect([faults, looked]).toEqual([[], expect.stringContaining("and 1 crawl in PostgreSQL")]);
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query("DELETE FROM milepost_crawls.pieces WHERE last = 3");
  expect((await look(at, database)).faults).toEqual([
    expect.stringMatching(/^Of the crawl \d+ of http:\/\/a.example\/ 2 pages are there instead of 3\.$/),
  ]);
  await damage(client, "milepost_crawls.pieces");
  expect((await look(at, database)).faults).toEqual([
    expect.stringMatching(/^The crawls in PostgreSQL cannot be read: invalid page in block 0/),
  ]);
});
