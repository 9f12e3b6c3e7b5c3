import { randomBytes } from "node:crypto";
import { Client } from "pg";
import type { Store } from "#core/store.ts";
import { storeOn } from "#store/postgres/open.ts";
import { openPool } from "#store/postgres/pool.ts";
import { storeInMemory } from "./in-memory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The address of a database of PostgreSQL with our tables and nothing in them, where stores are to be in one like it. */
    emptyDatabase: string;
  }
}

/** A store with nothing in it: of the kind on which these tests run. */
export const newStore = async (): Promise<Store> => {
  // Programs that a test or the bench starts stand on it too, and know nothing of vitest.
  const isTest = "__vitest_worker__" in globalThis;
  const empty = isTest ? (await import("vitest")).inject("emptyDatabase") : undefined;
  if (empty === undefined) return storeInMemory();
  const url = new URL(empty);
  const [like, name] = [url.pathname.slice(1), `store_${randomBytes(6).toString("hex")}`];
  url.pathname = "postgres";
  making ??= connect(url.href);
  await (await making).query(`CREATE DATABASE ${name} TEMPLATE ${like}`);
  url.pathname = name;
  return storeOn(openPool(url.href), { now: Date.now, random: (n) => randomBytes(n) });
};

let making: Promise<Client> | undefined;

/** One for all stores of this process; it ends with it, or with the server. */
const connect = async (connectionString: string): Promise<Client> => {
  const client = new Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  return client;
};
