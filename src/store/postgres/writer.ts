import { setImmediate as nextTurn, setTimeout as rest } from "node:timers/promises";
import type { Pool, PoolClient } from "pg";
import type { RunTx, Tx, Wake, Written } from "#store/tx.ts";
import { isAway, isOvertaken, plainError } from "./plain-error.ts";
import { allOf, type Begun, sendTogether, within } from "./pool.ts";

/** So many pieces of work share a commit at most. */
const mostTogether = 64;
/** Who was overtaken rests before the next try, a random time of at most this, so that not the same ones meet again. */
const mostRestMs = 200;
const apart = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const guarded = "BEGIN ISOLATION LEVEL READ COMMITTED";

interface Asked {
  work: () => Tx<unknown>;
  isGuarded: boolean;
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
   * as if one had come after the other, and what it refuses is done anew. Guarded work asks for no more than the lock of its row.
   */
  write: RunTx;
  flush(): Promise<void>;
}

/** Where runs that are to be worked on stand, in the same database. */
export interface Queue {
  /** Puts them in, as part of a transaction, and says to other processes that it did once that is committed; whether it can be put in is known by the commit. */
  put(begun: Begun, wakes: readonly Wake[]): Promise<void>;
  /** Some were put in, and that is committed. */
  committed(): void;
  /** Whether an error of `put` says that the queue is not there; it is made anew, and what would have been put in is looked for. */
  isGone(error: unknown): boolean;
}

interface WriterDeps {
  pool: Pool;
  drive(begun: Begun, tx: Tx<unknown>, wakes: Wake[]): Promise<unknown>;
  mostTries: number;
  queue: Queue | null;
}

export const createWriter = ({ pool, drive, mostTries, queue }: WriterDeps): Writer => {
  const asked: Asked[] = [];
  let working: Promise<void> | null = null;
  let closing = false;

  const work = async (): Promise<void> => {
    await nextTurn();
    while (asked.length > 0) {
      const other = asked.findIndex(({ isGuarded }) => isGuarded !== asked[0]?.isGuarded);
      await commit(asked.splice(0, Math.min(mostTogether, other === -1 ? mostTogether : other)));
    }
    working = null;
  };

  const commit = async (pieces: readonly Asked[]): Promise<void> => {
    let group = pieces;
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
        await within(pool, group[0]?.isGuarded ? guarded : apart, async (begun) => {
          // On its way with the first query, and here before anything is committed.
          const known = numberOf(begun.client).then((its) => {
            number = its;
          });
          known.catch(() => {});
          begun.unanswered.push(known);
          ({ outcomes, wakes } = await doAll(begun, group));
          if (wakes.length > 0) await into?.put(begun, wakes);
        });
        return done();
      } catch (error) {
        if (number !== undefined && isAway(error) && (await wasCommitted(pool, number, () => closing)))
          return done();
        if (group.length > 1 && group[0]?.isGuarded && !isAway(error)) {
          // One of them failed, and all are undone: from now on each by itself.
          asked.unshift(...group.slice(1));
          group = group.slice(0, 1);
          continue;
        }
        if (isOvertaken(error) && tries < mostTries) {
          // The less is committed at once, the fewer others it can be in the way of.
          const half = Math.ceil(group.length / 2);
          asked.unshift(...group.slice(half));
          group = group.slice(0, half);
          await rest(Math.random() * Math.min(2 ** tries, mostRestMs));
          continue;
        }
        if (into?.isGone(error) === true) {
          into = null;
          continue;
        }
        for (const one of group) one.refused(plainError(error));
        return;
      }
    }
  };

  const doAll = async (begun: Begun, group: readonly Asked[]): Promise<Done> => {
    const { client } = begun;
    const [only] = group;
    const wakes: Wake[] = [];
    if (group.length === 1 && only !== undefined)
      return { outcomes: [{ value: await drive(begun, only.work(), wakes) }], wakes };
    if (only?.isGuarded)
      return { outcomes: await atOnce(group.map((one) => drive(begun, one.work(), wakes))), wakes };
    const outcomes: Outcome[] = [];
    // What these came to is told by what follows them.
    const mark = (command: string) => void client.query(command).catch(() => {});
    for (const one of group) {
      const ofThis: Wake[] = [];
      const unanswered: Promise<unknown>[] = [];
      mark("SAVEPOINT one");
      try {
        const value = await drive({ ...begun, unanswered }, one.work(), ofThis);
        await allOf(unanswered);
        outcomes.push({ value });
        mark("RELEASE SAVEPOINT one");
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
    write: <T>(piece: () => Tx<T>, { isGuarded = false }: Written = {}) =>
      new Promise<T>((resolve, refused) => {
        asked.push({ work: piece, isGuarded, done: (value) => resolve(value as T), refused });
        working ??= work();
      }),
    flush: async () => {
      closing = true;
      while (working !== null) await working;
    },
  };
};

/** The number by which PostgreSQL says later what became of this transaction. */
const numberOf = async (client: PoolClient): Promise<string | undefined> => {
  sendTogether(client);
  const { rows } = await client.query("SELECT pg_current_xact_id()::text AS number");
  return rows[0]?.number;
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

/** Throws what failed once nothing of it is under way any more. */
const atOnce = async (works: readonly Promise<unknown>[]): Promise<Outcome[]> =>
  (await Promise.allSettled(works)).map((one) => {
    if (one.status === "rejected") throw one.reason;
    return { value: one.value };
  });
