import { setImmediate as nextTurn } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import type { RunTx, Tx, Wake } from "#store/tx.ts";
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

/** What a transaction came to, and which runs are to be worked on then. */
interface Done {
  outcomes: Outcome[];
  wakes: readonly Wake[];
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

/** Where runs that are to be worked on stand, in the same database. */
export interface Queue {
  /** Puts them in, as part of a transaction. */
  put(client: PoolClient, wakes: readonly Wake[]): Promise<void>;
  /** Some that are due at once were put in, and that is committed. */
  committed(): void;
  /** Whether an error of `put` says that the queue is not there; it is made anew, and what would have been put in is looked for. */
  isGone(error: unknown): boolean;
}

interface WriterDeps {
  pool: Pool;
  drive(client: PoolClient, tx: Tx<unknown>, wakes: Wake[]): Promise<unknown>;
  mostTries: number;
  queue: Queue | null;
}

export const createWriter = ({ pool, drive, mostTries, queue }: WriterDeps): Writer => {
  const asked: Asked[] = [];
  let working: Promise<void> | null = null;
  let closing = false;

  const work = async (): Promise<void> => {
    await nextTurn();
    while (asked.length > 0) await commit(asked.splice(0, mostTogether));
    working = null;
  };

  const commit = async (group: readonly Asked[]): Promise<void> => {
    let into = queue;
    for (let tries = 1; ; tries++) {
      let number: string | undefined;
      let outcomes: Outcome[] = [];
      let wakes: readonly Wake[] = [];
      const done = (): void => {
        tell(group, outcomes);
        if (wakes.length > 0) queue?.committed();
      };
      try {
        await within(pool, begin, async (client) => {
          ({ outcomes, wakes } = await doAll(client, group));
          if (wakes.length > 0) await into?.put(client, wakes);
          number = await numberOf(client);
        });
        return done();
      } catch (error) {
        if (number !== undefined && isAway(error) && (await wasCommitted(pool, number, () => closing)))
          return done();
        if (isOvertaken(error) && tries < mostTries) continue;
        if (into?.isGone(error) === true) {
          into = null;
          continue;
        }
        for (const one of group) one.refused(plainError(error));
        return;
      }
    }
  };

  const doAll = async (client: PoolClient, group: readonly Asked[]): Promise<Done> => {
    const [only] = group;
    const wakes: Wake[] = [];
    if (group.length === 1 && only !== undefined)
      return { outcomes: [{ value: await drive(client, only.work(), wakes) }], wakes };
    const outcomes: Outcome[] = [];
    for (const one of group) {
      const ofThis: Wake[] = [];
      await client.query("SAVEPOINT one");
      try {
        outcomes.push({ value: await drive(client, one.work(), ofThis) });
        await client.query("RELEASE SAVEPOINT one");
        wakes.push(...ofThis);
      } catch (error) {
        if (isOvertaken(error) || isAway(error)) throw error;
        await client.query("ROLLBACK TO SAVEPOINT one");
        outcomes.push({ error });
      }
    }
    return { outcomes, wakes };
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
      closing = true;
      while (working !== null) await working;
    },
  };
};

const numberOf = async (client: PoolClient): Promise<string | undefined> => {
  const { rows } = await client.query("SELECT pg_current_xact_id_if_assigned()::text AS number");
  return rows[0]?.number ?? undefined;
};

/**
 * Whether a commit took effect whose answer was lost with the connection. Only PostgreSQL knows, so it is asked until it answers, however long it is
 * away; false when it does not and `isOver` says that nobody waits any more.
 */
const wasCommitted = async (pool: Pool, number: string, isOver: () => boolean): Promise<boolean> => {
  for (;;) {
    try {
      const { rows } = await pool.query("SELECT pg_xact_status($1::text::xid8) AS status", [number]);
      if (rows[0]?.status !== "in progress") return rows[0]?.status === "committed";
    } catch (error) {
      if (!isAway(error) || isOver()) return false;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
