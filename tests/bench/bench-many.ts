import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Store } from "#core/store.ts";
import { openPostgresStore } from "#store/postgres/open.ts";
import { openDatabase } from "#store/sqlite/driver.ts";
import { bringUpToDate, migrationsFolder } from "#store/sqlite/migrations.ts";
import { storeOn } from "#store/sqlite/open.ts";
import { filledId, fillRuns } from "../store/fill.ts";
import { fillPostgres } from "../store/postgres/fill.ts";
import { startPostgres } from "../store/postgres/server.ts";
import { quantile } from "./figure.ts";
import { questions } from "./lists.ts";

/**
 * What pages ask of a store with so many runs of ten events each, beside one with a thousand, on both databases: the middle and the slowest of
 * a hundred. `npm run bench:many -- 1000000`; it takes minutes, most of them to fill the databases.
 */
const many = Number(process.argv[2] ?? 1_000_000);
const few = 1_000;
const eventsEach = 10;
const times = 300;
const random = (n: number) => randomBytes(n);

const ms = (value: number): string => `${value.toPrecision(3)} ms`;

/** In turns, so that whatever else the machine does meets both. */
const measure = async (stores: { many: Store; few: Store }): Promise<void> => {
  console.log(`| what | p50 of ${many} | of ${few} | ratio | p99 of ${many} | of ${few} | ratio |`);
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  const ofRun = (runs: number) => filledId(Math.ceil(runs / 2));
  const asked = Object.entries(questions).map(([what, ask]) => [what, () => ask] as const);
  const all: readonly (readonly [string, (runs: number) => (store: Store) => Promise<unknown>])[] = [
    ...asked,
    ["One run with its steps", (runs) => (store) => store.run(ofRun(runs))],
    ["The events of one run", (runs) => (store) => store.events(ofRun(runs), 0, 100)],
  ];
  for (const [what, ask] of all) {
    const took = { many: [] as number[], few: [] as number[] };
    for (let n = -20; n < times; n++)
      for (const [name, runs] of [
        ["many", many],
        ["few", few],
      ] as const) {
        const begun = performance.now();
        await ask(runs)(stores[name]);
        if (n >= 0) took[name].push(performance.now() - begun);
      }
    const cells = [0.5, 0.99].flatMap((share) => {
      const [ours, reference] = [quantile(took.many, share), quantile(took.few, share)];
      return [ms(ours), ms(reference), (ours / reference).toFixed(2)];
    });
    console.log(`| ${[what, ...cells].join(" | ")} |`);
  }
};

const folder = await mkdtemp(join(tmpdir(), "milepost-bench-"));
const openSqlite = (runs: number): Store => {
  const { client, db } = openDatabase(join(folder, `${runs}.sqlite`));
  bringUpToDate(client, migrationsFolder);
  fillRuns(client, runs, { whole: runs, eventsEach });
  return storeOn({ client, db, release: () => {} }, { now: Date.now, random });
};
const ofSqlite = { many: openSqlite(many), few: openSqlite(few) };
console.log("SQLite:");
await measure(ofSqlite);
await Promise.all(Object.values(ofSqlite).map((store) => store.close()));
await rm(folder, { recursive: true, force: true });

const server = await startPostgres();
try {
  const openPostgres = async (runs: number): Promise<Store> => {
    const url = await server.fresh();
    const client = new Client({ connectionString: url });
    await client.connect();
    await fillPostgres(client, runs, { whole: runs, eventsEach });
    await client.end();
    return openPostgresStore({ url, now: Date.now, random });
  };
  const ofPostgres = { many: await openPostgres(many), few: await openPostgres(few) };
  console.log("PostgreSQL:");
  await measure(ofPostgres);
  await Promise.all(Object.values(ofPostgres).map((store) => store.close()));
} finally {
  await server.close();
}
