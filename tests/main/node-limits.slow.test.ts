import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { NodeSeen } from "#core/nodes.ts";
import type { RunPicture } from "#core/picture.ts";
import { openSandboxForTest, serveSite } from "../sandbox/botify/world.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { testFolder } from "./milepost.ts";
import { type NodeProcess, startNode, startRun } from "./node-process.ts";
import { addConnection, pressThrough, untilRun } from "./server-process.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** A web node and two workers. */
const openThree = async (env: Readonly<Record<string, string>> = {}) => {
  const database = await server.fresh();
  const web = await startNode(database, "web", env);
  const workers = await Promise.all([startNode(database, "worker", env), startNode(database, "worker", env)]);
  return { web, workers, database };
};

/** Notes which nodes work on something, until the test ends. */
const watchWork = (web: NodeProcess): Set<string> => {
  const atWork = new Set<string>();
  const look = async () => {
    const { nodes } = await web.json<{ nodes: NodeSeen[] }>("GET", "/api/nodes");
    for (const { name, runs } of nodes) if (runs > 0) atWork.add(name);
  };
  // The last look finds the node gone.
  const looking = setInterval(() => void look().catch(() => {}), 200);
  onTestFinished(() => clearInterval(looking));
  return atWork;
};

/** Keeps all times that nodes agree on for requests to Botify; gives them in milliseconds, as they were agreed. */
const keepAgreed = async (database: string): Promise<() => Promise<number[]>> => {
  const client = new Client({ connectionString: database });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`
    CREATE TABLE agreed (place serial, at float8);
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      -- A break that the other side asks for is agreed on too, and lets nobody leave.
      IF NEW.known::json->>'left' IS DISTINCT FROM (CASE TG_OP WHEN 'UPDATE' THEN OLD.known::json->>'left' ELSE '[]' END) THEN
        INSERT INTO agreed (at) VALUES ((NEW.known::json->'left'->>-1)::float8);
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER keep AFTER INSERT OR UPDATE ON milepost_nodes.moments
      FOR EACH ROW WHEN (NEW.key LIKE 'botify %') EXECUTE FUNCTION keep();`);
  return async () =>
    (await client.query<{ at: number }>("SELECT at FROM agreed ORDER BY place")).rows.map(({ at }) => at);
};

/** What stands before a server and counts what comes. */
const countingDoor = async (to: string) => {
  let came = 0;
  const door = createServer((asked, answer) => {
    came++;
    const { method, headers, url = "" } = asked;
    const onward = request(new URL(url, to), { ...(method === undefined ? {} : { method }), headers });
    onward.on("response", (got) => {
      answer.writeHead(got.statusCode ?? 500, got.headers);
      got.pipe(answer);
    });
    asked.pipe(onward);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => door.once("listening", resolve));
  onTestFinished(() => {
    door.closeAllConnections();
    door.close();
  });
  return {
    origin: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    came: () => came,
  };
};

test("a web node that tests a connection and two workers that export from one Botify account ask it for no more than five things in any second between them", async () => {
  const botify = await openSandboxForTest({ seed: true });
  botify.faults.callsPerSecond = 5;
  const door = await countingDoor(botify.url);
  const { web, database } = await openThree();
  const agreed = await keepAgreed(database);
  const atWork = watchWork(web);
  const connection = await addConnection(web, `${door.origin}/v1`, botify.token);
  const ids = await Promise.all(
    Array.from({ length: 6 }, () => startRun(web, "botify-export", { connection })),
  );
  // The same file is not fetched six times, so each goes as far as what is asked before that.
  const runs = await Promise.all(ids.map((id) => pressThrough(web, id, "confirm")));
  expect(runs.map(({ state }) => state)).toEqual(ids.map(() => "asking"));
  expect(door.came()).toBeGreaterThan(30);
  const times = await agreed();
  // Each left at a time that was agreed; on a busy machine some such times are let go.
  expect(times.length).toBeGreaterThanOrEqual(door.came());
  const spans = times.flatMap((at, place) => (place < 5 ? [] : [at - (times[place - 5] ?? 0)]));
  expect(Math.min(...spans)).toBeGreaterThan(1_000);
  expect(atWork.size).toBe(2);
});

test("nodes that have nothing to do say nothing to each other but that they are there, also after all of them lost the database for a moment", async () => {
  const { database } = await openThree();
  const client = new Client({ connectionString: database });
  await client.connect();
  onTestFinished(() => client.end());
  const heard: string[] = [];
  let came = 0;
  client.on("notification", ({ payload = "" }) => {
    came++;
    if (Object.keys(JSON.parse(payload)).length > 1) heard.push(payload);
  });
  await client.query("LISTEN milepost");
  // What they say of their beginning comes first.
  const quiet = async () => {
    heard.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    return heard;
  };
  await expect.poll(quiet, { timeout: 60_000 }).toEqual([]);
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
  );
  came = 0;
  // Each of them is there again, and has looked for what it may have missed.
  await expect.poll(() => came, { timeout: 60_000 }).toBeGreaterThan(6);
  await expect.poll(quiet, { timeout: 60_000 }).toEqual([]);
});

const visit = (origin: string) => `
import { start, text, workflow } from "milepost";
const ask = (path) => fetch("${origin}" + path);
export default workflow("visit", "Visit", "For tests.", start({ fields: [text("who", "Who?")], subject: ({ who }) => who }))
  .do("stay", "Stay", {
    safeBecause: "it only counts",
    turn: { of: () => "the place", atOnce: 1 },
    run: async ({ input, key }) => {
      await ask("/enter/" + input.who + "/" + process.pid);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await ask("/leave/" + input.who);
      return null;
    },
  })
  .hands(() => ({ sentence: "Was there." }));
`;

test("of what only one run may have at a time, runs at two workers take turns, and each that waits says behind whom", async () => {
  const inside = new Set<string>();
  const processes = new Set<string>();
  let most = 0;
  let came = 0;
  const place = await serveSite((asked, answer) => {
    const [, what = "", who = "", pid] = (asked.url ?? "").split("/");
    if (pid !== undefined) processes.add(pid);
    if (what === "enter") inside.add(who);
    else inside.delete(who);
    came += what === "enter" ? 1 : 0;
    most = Math.max(most, inside.size);
    answer.end();
  });
  const folder = join(testFolder(), "workflows");
  mkdirSync(folder);
  writeFileSync(join(folder, "visit.ts"), visit(place.origin));
  const { web } = await openThree({ MILEPOST_WORKFLOWS: folder });
  const ids: string[] = [];
  const behind: NonNullable<RunPicture["behind"]>[] = [];
  // One worker may be quick enough to take all of the first.
  while (processes.size < 2) {
    const more = Array.from({ length: 20 }, (_, n) => startRun(web, "visit", { who: `w${ids.length + n}` }));
    const begun = await Promise.all(more);
    ids.push(...begun);
    for (const id of begun) {
      const run = await untilRun(web, id, (now) => now.behind !== null || now.state === "completed");
      if (run.behind !== null) behind.push(run.behind);
    }
    for (const id of begun) await untilRun(web, id, ({ state }) => state === "completed");
  }
  expect({ most, came }).toEqual({ most: 1, came: ids.length });
  expect(behind.length).toBeGreaterThan(0);
  for (const { title, runId } of behind) {
    expect(title).toBe("Visit");
    expect(ids).toContain(runId);
  }
});
