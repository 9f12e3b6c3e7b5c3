import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { endLost } from "#store/postgres/lost-connections.ts";
import { members } from "#store/postgres/members.ts";
import { openPool } from "#store/postgres/pool.ts";
import { openCable } from "../../main/cluster/cable.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** As a node has one, by a way that can fail. */
const open = async () => {
  const url = new URL(await server.fresh());
  const cable = await openCable(Number(url.port));
  url.port = String(cable.port);
  const pool = endLost(openPool(url.href), url.href);
  onTestFinished(async () => {
    cable.close();
    await pool.end();
  });
  return { pool, cable };
};

test("whoever waits on a connection that leads nowhere any more is told, and the next one gets another", async () => {
  const { pool, cable } = await open();
  const both = [pool.query("SELECT pg_sleep(1)"), pool.query("SELECT pg_sleep(1)")];
  await wait(300);
  cable.forget();
  for (const came of await Promise.allSettled(both)) expect(came.status).toBe("rejected");
  expect((await pool.query("SELECT 1 AS is")).rows).toEqual([{ is: 1 }]);
});

test("whoever asks a PostgreSQL that says nothing is told so, and it is asked again when it does", async () => {
  const { pool, cable } = await open();
  await pool.query("SELECT 1");
  cable.silence();
  // As the page of nodes asks, which said that something went wrong inside Milepost.
  await expect(members(pool)).rejects.toMatchObject({ code: "store-busy" });
  cable.mend();
  expect((await pool.query("SELECT 1 AS is")).rows).toEqual([{ is: 1 }]);
});

test("what PostgreSQL works on for long is left to go on, in a transaction too", async () => {
  const { pool } = await open();
  const client = await pool.connect();
  await client.query("BEGIN");
  const alone = pool.query("SELECT pg_sleep(13), 1 AS is");
  expect((await client.query("SELECT pg_sleep(13), 2 AS is")).rows[0].is).toBe(2);
  await client.query("COMMIT");
  client.release();
  expect((await alone).rows[0].is).toBe(1);
});
