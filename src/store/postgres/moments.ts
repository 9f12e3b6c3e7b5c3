import { DatabaseError, type Pool } from "pg";
import type { Agreed, Moments } from "#core/moments.ts";
import { plainError } from "./plain-error.ts";
import { oneAtATime, within } from "./pool.ts";

/** Apart from our tables, since it holds no truth; PostgreSQL empties it after a crash, and writes it quicker for that. */
const make = `
  CREATE SCHEMA IF NOT EXISTS milepost_nodes;
  CREATE UNLOGGED TABLE IF NOT EXISTS milepost_nodes.moments (key text PRIMARY KEY, known text NOT NULL, until float8 NOT NULL)`;
/** What is over is taken away once in so many times. */
const cleanEvery = 100;
/** Undefined table, undefined schema. */
const gone = new Set(["42P01", "3F000"]);

/** Makes its table where it is not there. Throws what PostgreSQL throws. */
export const openMoments = async (pool: Pool, now: () => number): Promise<Moments> => {
  let times = 0;
  const begin = (): Promise<void> => oneAtATime(pool, (client) => client.query(make));
  const agree = <V, T>(key: string, decide: (known: V | null, now: number) => Agreed<V, T>): Promise<T> =>
    within(pool, "BEGIN", async ({ client }) => {
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [key]);
      const at = now();
      const { rows } = await client.query<{ known: string }>(
        "SELECT known FROM milepost_nodes.moments WHERE key = $1 AND until > $2",
        [key, at],
      );
      const { know, forMs = 0, says } = decide(rows[0] === undefined ? null : JSON.parse(rows[0].known), at);
      if (know === null) await client.query("DELETE FROM milepost_nodes.moments WHERE key = $1", [key]);
      else if (know !== undefined)
        await client.query(
          `INSERT INTO milepost_nodes.moments VALUES ($1, $2, $3)
           ON CONFLICT (key) DO UPDATE SET known = excluded.known, until = excluded.until`,
          [key, JSON.stringify(know), at + forMs],
        );
      if (++times % cleanEvery === 0)
        await client.query("DELETE FROM milepost_nodes.moments WHERE until < $1", [at]);
      return says;
    });
  await begin();
  return {
    agree: async (key, decide) => {
      try {
        return await agree(key, decide).catch(async (error: unknown) => {
          if (!(error instanceof DatabaseError) || !gone.has(error.code ?? "")) throw error;
          await begin();
          return agree(key, decide);
        });
      } catch (error) {
        throw plainError(error);
      }
    },
  };
};
