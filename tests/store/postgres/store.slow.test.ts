import { randomBytes } from "node:crypto";
import { afterAll, beforeAll } from "vitest";
import { openPostgresStore } from "#store/postgres/open.ts";
import { storeContract } from "../contract.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

storeContract("PostgreSQL", async ({ now }) =>
  openPostgresStore({ url: await server.fresh(), now, random: (n) => randomBytes(n) }),
);
