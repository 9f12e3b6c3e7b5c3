import type { Pool, PoolClient } from "pg";
import type { RunTx, Tx } from "#store/tx.ts";
import { isAway, isOvertaken, plainError } from "./plain-error.ts";
import { within } from "./pool.ts";

/** So many pieces of work share a commit at most. */
const mostTogether = 64;
const begin = "BEGIN ISOLATION LEVEL SERIALIZABLE";

interface Asked {
  work: () => Tx<unknown>;
  done(value: unknown): void;
  refused(error: unknown): void;
}

type Outcome = { value: unknown } | { error: unknown };

export interface Writer {
  /**
   * The pieces of work of one process follow each other in the order of asking; what was asked for while one was done shares the next
   * commit. Each is all or nothing by itself. Those of other processes go on meanwhile: PostgreSQL lets both pass only where the outcome is
   * as if one had come after the other, and what it refuses is done anew.
   */
  write: RunTx;
  flush(): Promise<void>;
}

export const createWriter = (
  pool: Pool,
  drive: (client: PoolClient, tx: Tx<unknown>) => Promise<unknown>,
  mostTries: number,
): Writer => {
  const asked: Asked[] = [];
  let working: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    while (asked.length > 0) await commit(asked.splice(0, mostTogether));
    working = null;
  };

  const commit = async (group: readonly Asked[]): Promise<void> => {
    for (let tries = 1; ; tries++) {
      let number: string | undefined;
      let outcomes: Outcome[] = [];
      try {
        await within(pool, begin, async (client) => {
          outcomes = await doAll(client, group);
          number = await numberOf(client);
        });
        return tell(group, outcomes);
      } catch (error) {
        if (number !== undefined && isAway(error) && (await wasCommitted(pool, number)))
          return tell(group, outcomes);
        if (isOvertaken(error) && tries < mostTries) continue;
        for (const one of group) one.refused(plainError(error));
        return;
      }
    }
  };

  const doAll = async (client: PoolClient, group: readonly Asked[]): Promise<Outcome[]> => {
    const [only] = group;
    if (group.length === 1 && only !== undefined) return [{ value: await drive(client, only.work()) }];
    const outcomes: Outcome[] = [];
    for (const one of group) {
      await client.query("SAVEPOINT one");
      try {
        outcomes.push({ value: await drive(client, one.work()) });
        await client.query("RELEASE SAVEPOINT one");
      } catch (error) {
        if (isOvertaken(error) || isAway(error)) throw error;
        await client.query("ROLLBACK TO SAVEPOINT one");
        outcomes.push({ error });
      }
    }
    return outcomes;
  };

  const tell = (group: readonly Asked[], outcomes: readonly Outcome[]): void => {
    for (const [place, one] of group.entries()) {
      const outcome = outcomes[place] ?? { error: new Error("A piece of work without an outcome.") };
      if ("value" in outcome) one.done(outcome.value);
      else one.refused(plainError(outcome.error));
    }
  };

  return {
    write: <T>(piece: () => Tx<T>) =>
      new Promise<T>((resolve, refused) => {
        asked.push({ work: piece, done: (value) => resolve(value as T), refused });
        working ??= work();
      }),
    flush: async () => {
      while (working !== null) await working;
    },
  };
};

const numberOf = async (client: PoolClient): Promise<string | undefined> => {
  const { rows } = await client.query("SELECT pg_current_xact_id_if_assigned()::text AS number");
  return rows[0]?.number ?? undefined;
};

/** Whether a commit took effect whose answer was lost with the connection. Throws when PostgreSQL does not say so within ten seconds. */
const wasCommitted = async (pool: Pool, number: string): Promise<boolean> => {
  for (let tries = 1; ; tries++) {
    try {
      const { rows } = await pool.query("SELECT pg_xact_status($1::text::xid8) AS status", [number]);
      if (rows[0]?.status !== "in progress") return rows[0]?.status === "committed";
    } catch (error) {
      if (tries > 40) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
