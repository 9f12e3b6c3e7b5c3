import { afterAll, beforeAll, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";
import { startNode } from "./node-process.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

test("a node with another key than the others does not start, though nobody has entered a secret yet", async () => {
  const database = await server.fresh();
  // Without this machine's own servers not even the connection to them is kept.
  const bare = { MILEPOST_SANDBOX: "off" };
  await startNode(database, "web", bare);
  const otherKey = { ...bare, MILEPOST_KEY: Buffer.alloc(32, 8).toString("base64") };
  await expect(startNode(database, "worker", otherKey)).rejects.toThrow("another key than this one");
  await startNode(database, "worker", bare);
});
