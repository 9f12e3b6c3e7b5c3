import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSharedApps } from "#apps/postgres/shared-apps.ts";
import { started, testFolder } from "../main/milepost.ts";
import { token } from "../main/token.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { repairShop } from "./samples.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const key = Buffer.alloc(32, 7).toString("base64");

/** A web node with a data folder of its own: what it shares with others is the database. */
const webNode = async (database: string) => {
  const node = await started({
    ...{ MILEPOST_DATABASE: database, MILEPOST_ROLE: "web", MILEPOST_KEY: key },
    ...{ MILEPOST_DATA: join(testFolder(), "data"), MILEPOST_API_TOKEN: token },
  });
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
