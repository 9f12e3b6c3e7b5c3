import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openQueries } from "#store/postgres/driver.ts";
import { openPool } from "#store/postgres/pool.ts";
import { rows, type Tx } from "#store/tx.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** Longer than PostgreSQL waits for whoever says nothing within a transaction. */
const silentMs = 6_500;
/** As a process is that is frozen, or that somebody else's code holds up. */
const standStill = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, silentMs);
};

test.each(["read", "write"] as const)(
  "what a process would %s that stood still in the middle of it is done anew when it goes on, for PostgreSQL has ended that",
  async (way) => {
    const pool = openPool(await server.fresh());
    onTestFinished(() => pool.end());
    const { db, tx } = openQueries(pool, null);
    const asked = () => db.select({ n: sql<number>`count(*)::int` }).from(sql`runs`);
    let tries = 0;
    const found = await tx[way](function* (): Tx<unknown> {
      tries++;
      yield* rows(asked() as never);
      if (tries === 1) standStill();
      return yield* rows(asked() as never);
    });
    expect(found).toEqual([{ n: 0 }]);
    expect(tries).toBe(2);
  },
);

test("a value that PostgreSQL cannot hold is refused as that, and not as if the database were away", async () => {
  const pool = openPool(await server.fresh());
  onTestFinished(() => pool.end());
  const { db, tx } = openQueries(pool, null);
  const asked = db.select({ n: sql<number>`${"0.5"}::bigint` }).from(sql`runs`);
  await expect(tx.write(() => rows(asked as never))).rejects.toThrow(RangeError);
});
