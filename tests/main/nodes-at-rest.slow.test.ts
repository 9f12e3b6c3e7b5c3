import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { startNode } from "./node-process.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const settleMs = 12_000;
const forMs = 30_000;

/** How many transactions reach a database each second while nobody does anything, and how often its nodes tell each other something. */
const atRest = async (database: string): Promise<{ asked: number; said: number }> => {
  const client = new Client(database);
  await client.connect();
  onTestFinished(() => client.end());
  let said = 0;
  client.on("notification", () => {
    said++;
  });
  await client.query("LISTEN milepost");
  const asked = async () => {
    const { rows } = await client.query(
      "SELECT xact_commit + xact_rollback AS n FROM pg_stat_database WHERE datname = current_database()",
    );
    return Number(rows[0].n);
  };
  await wait(settleMs);
  const [since, before] = [performance.now(), await asked()];
  said = 0;
  await wait(forMs);
  const seconds = (performance.now() - since) / 1_000;
  return { asked: ((await asked()) - before) / seconds, said: said / seconds };
};

/** Of what a worker asks, most is the queue's, which looks each second for what is due and for workers that died. */
const budget = {
  // What it hears from itself each two seconds, the clock, what it may have missed, and connections that are made anew for these.
  web: { asked: 2.7, said: 0.6 },
  worker: { asked: 15, said: 0.6 },
};

test.each(["web", "worker"] as const)(
  "a %s node that has nothing to do asks PostgreSQL little, and tells others nothing",
  async (role) => {
    const database = await server.fresh();
    await startNode(database, role);
    const { asked, said } = await atRest(database);
    // It is there, and can be counted.
    expect(asked).toBeGreaterThan(0.2);
    expect(said).toBeGreaterThan(0.2);
    expect(asked).toBeLessThan(budget[role].asked);
    expect(said).toBeLessThan(budget[role].said);
  },
);
