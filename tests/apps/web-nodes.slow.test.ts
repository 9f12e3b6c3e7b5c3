import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createSharedApps } from "#apps/postgres/shared-apps.ts";
import { startNode } from "../main/node-process.ts";
import { token } from "../main/token.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { repairShop } from "./samples.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** A web node with a data folder of its own: what it shares with others is the database. */
const webNode = async (database: string) => {
  const node = await startNode(database, "web");
  const customers = new URL("/apps/repair-shop/api/db/customers", node.link);
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  return {
    end: node.end,
    add: async (name: string): Promise<boolean> =>
      fetch(customers, { method: "POST", headers, body: JSON.stringify({ name }) }).then(
        ({ status }) => status === 201,
        () => false,
      ),
    names: async (): Promise<string[]> => {
      const answer = await fetch(new URL("?limit=500", customers), { headers });
      const { data } = (await answer.json()) as { data: { name: string }[] };
      return data.map(({ name }) => name);
    },
  };
};

test("an app is answered for by every web node, and of what was acknowledged nothing goes with a node that is killed", async () => {
  const database = await server.fresh();
  const apps = createSharedApps({ database, now: Date.now });
  apps.create(repairShop, "run-1");
  apps.close();
  const [one, other] = await Promise.all([webNode(database), webNode(database)]);
  expect(await one.add("Ada")).toBe(true);
  expect(await other.names()).toEqual(["Ada"]);
  const kept = ["Ada"];
  const write = async (node: typeof one, names: readonly string[]) => {
    for (const name of names) if (await node.add(name)) kept.push(name);
  };
  const many = (by: string) => Array.from({ length: 40 }, (_, at) => `${by}-${at}`);
  const writing = Promise.all([write(one, many("one")), write(other, many("other"))]);
  await expect.poll(() => kept.some((name) => name.startsWith("one-"))).toBe(true);
  await one.end("SIGKILL");
  await writing;
  expect(kept.filter((name) => name.startsWith("other-"))).toHaveLength(40);
  const there = await other.names();
  expect(kept.filter((name) => !there.includes(name))).toEqual([]);
  // A row whose answer went with the node may be there, and no other.
  expect(there.length - kept.length).toBeLessThanOrEqual(1);
});

/** A way to a database on which nothing comes through any more once it is told so, and nothing breaks. */
const wayThatFallsSilent = async (database: string) => {
  const to = new URL(database);
  const { port, hostname } = to;
  const sockets: Socket[] = [];
  let isSilent = false;
  const way = createServer((near) => {
    const far = connect(Number(port), hostname);
    sockets.push(near, far);
    near.on("data", (bytes) => isSilent || far.write(bytes));
    far.on("data", (bytes) => isSilent || near.write(bytes));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on("error", () => {}).on("close", () => other.destroy());
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => way.once("listening", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    way.close();
  });
  to.port = String((way.address() as AddressInfo).port);
  return {
    url: to.href,
    fallSilent: () => {
      isSilent = true;
    },
  };
};

test("while somebody waits for an app whose database is silent, a web node answers everybody else", async () => {
  const database = await server.fresh();
  const apps = createSharedApps({ database, now: Date.now });
  apps.create(repairShop, "run-1");
  apps.close();
  const way = await wayThatFallsSilent(database);
  const node = await startNode(way.url, "web");
  expect((await node.api("GET", "/apps/repair-shop/")).status).toBe(200);
  way.fallSilent();
  let isWaiting = true;
  const asked = Promise.all(
    ["/apps/repair-shop/", "/apps", "/api/apps"].map((path) => node.api("GET", path)),
  ).finally(() => {
    isWaiting = false;
  });
  let answers = 0;
  while (isWaiting) {
    await fetch(new URL("/healthz", node.link));
    answers++;
  }
  expect((await asked).map(({ status }) => status)).toEqual([502, 502, 502]);
  // Whoever asks the database on the spot lets none of them through meanwhile, or one.
  expect(answers).toBeGreaterThan(10);
});
