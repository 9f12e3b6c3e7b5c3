import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createRateLimit } from "#connectors/botify/rate-limit.ts";
import { sharedLimit } from "#connectors/botify/shared-limit.ts";
import { systemClock } from "#connectors/http/waiting.ts";
import { ownerId } from "#core/people.ts";
import { openMoments } from "#store/postgres/moments.ts";
import { openPool } from "#store/postgres/pool.ts";
import { createPresses } from "#web/presses.ts";
import { never } from "../../connectors/http/servers.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const openOn = async (url: string) => {
  const pool = openPool(url);
  onTestFinished(() => pool.end());
  return openMoments(pool, Date.now);
};

/** As two processes have them, and a third. */
const openThree = async () => {
  const url = await server.fresh();
  return { url, three: [await openOn(url), await openOn(url), await openOn(url)] };
};

test("three workers that ask for one Botify account send at most five requests in any second between them, and no more slowly than that", async () => {
  const { three } = await openThree();
  const sent: number[] = [];
  const limits = three.map((moments) =>
    sharedLimit(createRateLimit(), "account", { moments, clock: systemClock }),
  );
  const began = performance.now();
  await Promise.all(
    limits.map(async (limit) => {
      for (let n = 0; n < 8; n++) {
        await limit.turn(never);
        sent.push(performance.now());
      }
    }),
  );
  // Timers may be late by a moment, and never early.
  const spans = sent.flatMap((at, place) => (place < 5 ? [] : [at - (sent[place - 5] ?? 0)]));
  expect(spans).toHaveLength(19);
  expect(Math.min(...spans)).toBeGreaterThan(950);
  // 24 requests are four whole windows: who waited for each other's whole turns would need many times that.
  expect(performance.now() - began).toBeGreaterThan(4 * 1_000);
});

test("a break that Botify asks one worker for holds up the others, and a worker that cannot reach the database goes by its own limit", async () => {
  const { three } = await openThree();
  const [one, other] = three.map((moments) =>
    sharedLimit(createRateLimit(), "account", { moments, clock: systemClock }),
  );
  const began = performance.now();
  one?.takeBreak(1_500);
  await one?.turn(never);
  await other?.turn(never);
  expect(performance.now() - began).toBeGreaterThan(1_450);
  const away = { agree: () => Promise.reject(new Error("away")) };
  const alone = sharedLimit(createRateLimit(), "account", { moments: away, clock: systemClock });
  for (let n = 0; n < 6; n++) await alone.turn(never);
});

const ada = { sessionId: "s1", tokenId: null, person: { id: ownerId } as never };

test("a button that is pressed at two web nodes in a moment starts one run, another form another one, and a press that was refused counts as none", async () => {
  const { three } = await openThree();
  const presses = three.map((moments) => createPresses(systemClock, moments));
  let started = 0;
  const start = async () => {
    const runId = `run ${++started}`;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { runId };
  };
  const all = (of: unknown) => Promise.all(presses.map((at) => at.once(ada, of, start)));
  expect(new Set((await all(["a"])).map(({ runId }) => runId))).toEqual(new Set(["run 1"]));
  expect((await all(["a"])).map(({ runId }) => runId)).toEqual(["run 1", "run 1", "run 1"]);
  expect((await all(["b"])).map(({ runId }) => runId)).toEqual(["run 2", "run 2", "run 2"]);
  const [first, second] = presses;
  await expect(first?.once(ada, ["c"], () => Promise.reject(new Error("no name")))).rejects.toThrow(
    "no name",
  );
  expect(await second?.once(ada, ["c"], start)).toEqual({ runId: "run 3" });
});

test("what is agreed is over after its time, and agreed anew when all of it is taken away", async () => {
  const { url, three } = await openThree();
  const [one, other] = three;
  const look = () => other?.agree("key", (known) => ({ says: known }));
  await one?.agree("key", () => ({ know: "so", forMs: 60_000, says: null }));
  expect(await look()).toBe("so");
  await one?.agree("key", () => ({ know: "so", forMs: 0, says: null }));
  expect(await look()).toBeNull();
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("DROP SCHEMA milepost_nodes CASCADE");
  await client.end();
  await one?.agree("key", () => ({ know: "anew", forMs: 60_000, says: null }));
  expect(await look()).toBe("anew");
});
