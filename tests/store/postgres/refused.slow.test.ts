import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openPostgresStore } from "#store/postgres/open.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
/** The address of a database of no importance, by whose user all may be done. */
let any: string;
beforeAll(async () => {
  server = await startPostgres();
  any = await server.fresh();
});
afterAll(() => server.close());

const run = async (url: string, ...commands: readonly string[]) => {
  const client = new Client(url);
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const command of commands) ({ rows } = await client.query(command));
    return rows;
  } finally {
    await client.end();
  }
};

/** What whoever starts Milepost there is told. */
const told = (url: string, change: (url: URL) => void = () => {}) => {
  const address = new URL(url);
  change(address);
  const opening = openPostgresStore({ url: address.href, now: Date.now, random: (n) => new Uint8Array(n) });
  onTestFinished(async () => {
    await opening.then(
      (store) => store.close(),
      () => {},
    );
  });
  return opening.then(
    () => "nothing",
    (error: Error) => error.message,
  );
};

/** Another database of the same server. */
const another = async (name: string, how = ""): Promise<string> => {
  await run(any, `CREATE DATABASE ${name} TEMPLATE template0 ${how}`);
  const url = new URL(any);
  url.pathname = name;
  return url.href;
};

test("a database in which something else keeps its tables is left as it is", async () => {
  const url = await another("theirs");
  await run(
    url,
    "CREATE TABLE orders (id int)",
    "INSERT INTO orders VALUES (7)",
    "CREATE VIEW task_progress AS SELECT * FROM orders",
  );
  expect(await told(url)).toMatch(/Something else keeps its tables .*“orders”.* nothing was changed/);
  expect(await run(url, "SELECT id FROM task_progress")).toEqual([{ id: 7 }]);
  expect(await run(url, "SELECT relname FROM pg_class WHERE relname = '__drizzle_migrations'")).toEqual([]);
});

test("what extensions bring along is no reason not to start", async () => {
  const url = await another("extended");
  await run(url, "CREATE EXTENSION pg_stat_statements");
  expect(await told(url)).toBe("nothing");
});

test("a database in another encoding is refused by its name, with nothing made in it", async () => {
  const url = await another("latin", "ENCODING 'LATIN1' LOCALE 'C'");
  expect(await told(url)).toMatch(/in LATIN1.*ENCODING 'UTF8'/);
  expect(await run(url, "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([]);
});

test("a user without rights, one that is not let in, a name that there is none of, and a database that may only be read are told as that", async () => {
  await run(any, "CREATE ROLE weak LOGIN", "CREATE ROLE barred NOLOGIN");
  const url = await another("empty");
  const as = (user: string) => (address: URL) => {
    address.username = user;
  };
  expect(await told(url, as("weak"))).toMatch(/OWNER TO/);
  expect(await told(url, as("barred"))).toMatch(/user and the password/);
  expect(await told(url, (address) => (address.pathname = "nowhere"))).toMatch(/no database of the name/);
  await run(url, "ALTER DATABASE empty SET default_transaction_read_only = on");
  expect(await told(url)).toMatch(/may only be read/);
});
