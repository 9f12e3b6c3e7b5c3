import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { openPostgresStore } from "#store/postgres/open.ts";
import { everyQuery } from "../every-query.ts";
import { handClock } from "../samples.ts";
import { fillPostgres } from "./fill.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

const many = 100_000;
/** Tables that hold a few of something, however long a Milepost runs, may be walked through. */
const mostOfAFew = 1_000;

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  Plans?: Plan[];
}
const walkedIn = (plan: Plan): string[] => [
  ...(plan["Node Type"].includes("Seq Scan") ? [plan["Relation Name"] ?? ""] : []),
  ...(plan.Plans ?? []).flatMap(walkedIn),
];

test("with 100,000 runs in the store no query walks through a table that grows", async () => {
  const url = await server.fresh();
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await fillPostgres(client, many);
  const { rows: large } = await client.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > $1",
    [mostOfAFew],
  );
  const grows = large.map(({ name }) => name);
  expect(grows.toSorted()).toEqual(["events", "export_search", "exports", "run_search", "runs", "steps"]);

  const asked = new Map<string, unknown[]>();
  const query = Client.prototype.query;
  const spy = vi.spyOn(Client.prototype, "query").mockImplementation(function (
    this: Client,
    ...given: unknown[]
  ) {
    const [first, second] = given as [{ text: string; values?: unknown[] } | string, unknown[]?];
    const [text, values] = typeof first === "string" ? [first, second] : [first.text, first.values];
    if (/^\s*(select|insert|update|delete|with)\b/i.test(text)) asked.set(text, values ?? []);
    return query.apply(this, given as never) as never;
  });
  const store = await openPostgresStore({ url, now: handClock().now, random: (n) => randomBytes(n) });
  onTestFinished(() => store.close());
  try {
    await everyQuery(store, many);
  } finally {
    spy.mockRestore();
  }
  expect(asked.size).toBeGreaterThan(60);

  const walksOf = async (text: string, values: unknown[]): Promise<string[]> => {
    const { rows } = await client.query<{ "QUERY PLAN": [{ Plan: Plan }] }>({
      text: `EXPLAIN (FORMAT JSON) ${text}`,
      values,
    });
    const [row] = rows;
    if (row === undefined) throw new Error(`no plan of ${text}`);
    return walkedIn(row["QUERY PLAN"][0].Plan).filter((name) => grows.includes(name));
  };
  expect(await walksOf("SELECT id FROM runs WHERE subject = $1", ["one"])).toEqual(["runs"]);
  const walks: string[] = [];
  for (const [text, values] of asked)
    walks.push(...(await walksOf(text, values)).map((name) => `${name}: ${text}`));
  expect(walks).toEqual([]);
});
