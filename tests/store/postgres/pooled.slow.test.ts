import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { standForDuty } from "#store/postgres/duty.ts";
import { oneAtATime, openPool } from "#store/postgres/pool.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

/** Debian's package of the same name. */
const program = "/usr/sbin/pgbouncer";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** A PgBouncer that gives a connection to whoever asks, for one transaction; gives the address through it. */
const pooled = async (database: string): Promise<string> => {
  const { hostname, port: behind, pathname } = new URL(database);
  const folder = mkdtempSync(join(tmpdir(), "milepost-pool-"));
  const port = 32_000 + Math.floor(Math.random() * 700);
  const configuration = join(folder, "pgbouncer.ini");
  writeFileSync(
    configuration,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${behind} user=milepost
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
`,
  );
  const { uid } = userInfo();
  // It refuses to run as root, and reads its configuration before it is somebody else.
  const bouncer: ChildProcess = spawn(program, [...(uid === 0 ? ["-u", "postgres"] : []), configuration], {
    stdio: "ignore",
  });
  onTestFinished(() => {
    bouncer.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const through = new URL(database);
  through.port = String(port);
  await expect.poll(() => answers(through.href), { interval: 50 }).toBe(true);
  return through.href;
};

const answers = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
};

test("behind a pooler of transactions, what no two processes do at once is done by one after the other", async () => {
  const url = await pooled(await server.fresh());
  const pools = [1, 2, 3].map(() => openPool(url));
  onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.end()))));
  let atOnce = 0;
  let most = 0;
  const work = (pool: (typeof pools)[number]) =>
    oneAtATime(pool, async (client) => {
      most = Math.max(most, ++atOnce);
      for (let asked = 0; asked < 20; asked++) await client.query("SELECT pg_sleep(0.005)");
      atOnce--;
    });
  await Promise.all(pools.flatMap((pool) => [work(pool), work(pool)]));
  expect(most).toBe(1);
});

test("behind a pooler of transactions one node has the duty, and another takes it when that one ends", async () => {
  const url = await pooled(await server.fresh());
  const onDuty = new Set<string>();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const stand = (name: string) => {
    const standing = standForDuty({
      ...{ url, log },
      begin: async () => void onDuty.add(name),
      end: async () => void onDuty.delete(name),
    });
    onTestFinished(() => standing.close());
    return { name, standing };
  };
  const nodes = ["one", "two", "three"].map(stand);
  await expect.poll(() => onDuty.size).toBeGreaterThan(0);
  // Each looks once a second.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(onDuty.size).toBe(1);
  for (const { name, standing } of nodes) if (onDuty.has(name)) await standing.close();
  await expect.poll(() => onDuty.size, { timeout: 20_000 }).toBe(1);
});
