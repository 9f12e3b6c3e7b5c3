import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import type { RunState } from "#core/states.ts";
import { openPostgresStore } from "#store/postgres/open.ts";
import { type PostgresServer, startPostgres } from "../../store/postgres/server.ts";
import { openFarSide } from "./far-side.ts";
import { createFaults } from "./faults.ts";
import { type Follower, follow } from "./followers.ts";
import { assertFollowed, assertHeld } from "./held-promises.ts";
import { openPlaces } from "./nodes.ts";
import { createPeople } from "./people.ts";
import { seeded } from "./seeded.ts";
import { type Kind, kinds as kindsAt } from "./workflows.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** How many runs the cluster is to live through; few unless told. */
    clusterRuns: number;
  }
}

const hourMs = 3_600_000;
const few = 33;
/** A run that comes to no end. */
const fuseMs = 600_000;

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres({ durable: true });
});
afterAll(() => server.close());

const median = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

test("two web nodes and three workers bring every run to its right end and record nothing twice, and who follows gets each event once, whatever is killed, frozen, cut off, restarted and an hour wrong", async () => {
  const runs = inject("clusterRuns") ?? few;
  const many = runs > few;
  const number = Number(process.env.CLUSTER_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const seed = seeded(number);
  const beganAt = Date.now();
  const say = (words: string) => console.log(`${((Date.now() - beganAt) / 1_000).toFixed(1)} s: ${words}`);
  say(`${runs} runs; CLUSTER_SEED=${number} has the same happen again`);

  const folder = mkdtempSync(join(tmpdir(), "milepost-cluster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = await server.fresh();
  const far = await openFarSide(seeded(number + 1), many ? 20_000 : 5_000);
  onTestFinished(() => far.close());
  const kinds = kindsAt(far.origin);
  const open = openPlaces(url, folder, kinds);
  // The first makes what all of them share.
  const web = await open("web", "web", -hourMs);
  const places = [
    web,
    ...(await Promise.all([
      open("other web", "web"),
      open("worker 1", "worker"),
      open("worker 2", "worker", hourMs),
      open("worker 3", "worker"),
    ])),
  ];
  const webs = places.filter(({ role }) => role === "web");
  say("all nodes are up");

  let looking: Client | null = null;
  const database = async (): Promise<Client> => {
    if (looking !== null) return looking;
    const client = new Client({ connectionString: url });
    client.on("error", () => {
      looking = null;
    });
    await client.connect();
    looking = client;
    return client;
  };
  onTestFinished(async () => looking?.end());

  const accepted = new Map<string, Kind>();
  const followers = new Map<string, Follower>();
  onTestFinished(() => {
    for (const follower of followers.values()) follower.stop();
  });
  const people = createPeople(webs, seeded(number + 2), folder);
  const followSeed = seeded(number + 3);
  const start = async (kind: Kind) => {
    const id = await people.start(kind);
    accepted.set(id, kind);
    followers.set(id, follow(id, webs, followSeed));
  };

  const over = new Set<string>();
  let isOver = false;
  /** What people do at their screens, all the time. */
  const pressing = (async () => {
    while (!isOver) {
      const left = [...accepted.keys()].filter((id) => !over.has(id));
      const found = await database()
        .then((client) =>
          client.query<{ id: string; state: RunState; error: unknown }>(
            "SELECT id, state, error FROM runs WHERE id = ANY($1) OR state = 'asking' AND family IS NOT NULL",
            [left],
          ),
        )
        .catch(() => ({ rows: [] }));
      await Promise.all(
        found.rows.map(async ({ id, state, error }) => {
          const kind = accepted.get(id);
          // What was cut off twice asks, an item too.
          if (kind === undefined) return people.seeTo(id, "item", state);
          if (state === kind.ends) over.add(id);
          else if (state === "failed") throw new Error(`${kind.id} ${id} failed: ${JSON.stringify(error)}`);
          else await people.seeTo(id, kind.id, state);
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();

  const faults = createFaults({
    ...{ places, server, far, seed, database, say },
    mostFrozenMs: many ? 60_000 : 5_000,
    moreWork: () => start(kinds.find(({ id }) => id === "holds") ?? seed.oneOf(kinds)),
  });
  const { all, toll } = faults;
  const happens = many
    ? [1, 2].flatMap(() => seed.shuffled(Object.values(all)))
    : seed.shuffled([
        all.killWorker,
        all.freezeWorker,
        all.cutWorker,
        all.silenceWorker,
        all.restartDatabase,
        all.killWeb,
      ]);
  const toStart = Array.from({ length: runs }, (_, at) => kinds[at % kinds.length] ?? seed.oneOf(kinds));
  const inAll = async () => {
    for (const happen of happens) {
      const next = toStart.splice(0, Math.ceil(runs / happens.length));
      // Some are being started while it happens.
      const starting = Promise.all(next.map(start));
      await happen();
      await starting;
    }
    await Promise.all(toStart.splice(0).map(start));
    say("nothing happens any more");
    await expect
      .poll(() => [...accepted].flatMap(([id, { id: kind }]) => (over.has(id) ? [] : [`${kind} ${id}`])), {
        ...{ timeout: fuseMs, interval: 200 },
      })
      .toEqual([]);
  };
  await Promise.race([inAll(), pressing]);
  isOver = true;
  await pressing;
  say(
    `all ${accepted.size} runs are over; ${toll.takeOverMs.length} were taken over, median ${median(toll.takeOverMs)} ms, longest ${Math.max(...toll.takeOverMs)} ms; ${toll.lost.length} answers came too late`,
  );

  const store = await openPostgresStore({ url, now: Date.now, random: (n) => new Uint8Array(n) });
  onTestFinished(() => store.close());
  const { rows } = await (await database()).query<{ id: string; isItem: boolean }>(
    `SELECT id, family IS NOT NULL AS "isItem" FROM runs`,
  );
  expect(rows.flatMap(({ id, isItem }) => (isItem ? [] : [id])).toSorted()).toEqual(
    [...accepted.keys()].toSorted(),
  );
  for (const { id } of rows) {
    const at = await store.run(id);
    const events = await store.events(id, 0, 10_000);
    if (at === null) throw new Error(`${id} is gone`);
    assertHeld(at, events, { far, lost: toll.lost });
    for (const { at: when } of events) {
      expect(when).toBeGreaterThan(beganAt - 60_000);
      expect(when).toBeLessThan(Date.now() + 60_000);
    }
  }
  const lines = readFileSync(join(folder, "script-lines"), "utf8").trim().split("\n");
  expect(lines.length).toBe(new Set(lines).size);
  expect(lines.length).toBe([...accepted.values()].filter(({ id }) => id === "script").length);
  await assertFollowed(store, followers);
  const visits = [...followers.values()].reduce((sum, follower) => sum + follower.visits(), 0);
  say(`${followers.size} followers came to a node ${visits} times`);
  expect(toll.takeOverMs.length).toBeGreaterThan(0);
  expect(median(toll.takeOverMs)).toBeLessThan(60_000);
}, 3_600_000);
