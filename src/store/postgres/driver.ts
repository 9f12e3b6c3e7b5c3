import { AsyncLocalStorage } from "node:async_hooks";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { drizzle } from "drizzle-orm/pg-proxy";
import { type Pool, type PoolClient, types } from "pg";
import type { Db } from "#store/dialect.ts";
import type { Transactions, Tx, Wake } from "#store/tx.ts";
import { isOvertaken, plainError } from "./plain-error.ts";
import { allOf, type Begun, nameOf, sendTogether, within } from "./pool.ts";
import { createWriter, type Queue } from "./writer.ts";

/** One transaction's connection, and how many rows its last command changed. */
interface Session {
  client: PoolClient;
  began: Promise<unknown>;
  changed: number;
  /** To be called once a query is on its way. */
  sent(): void;
}

/** PostgreSQL's numbers for the types of whole numbers of 64 bits and of sums: JavaScript's numbers hold all that we keep. */
const asNumber = new Set([20, 1700]);
const parsers = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    asNumber.has(oid) ? Number : types.getTypeParser(oid, format as "text"),
};

/** How much a list finds depends on what it is asked for: each time it is planned with that. */
const reading =
  "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL plan_cache_mode = force_custom_plan";

/** A query that changes nothing. */
const reads = /^select\b/;

/** So often a piece of work is done anew because other processes were faster. */
const mostTries = 20;

export interface PostgresTransactions extends Transactions {
  /** Resolves once all that was asked for is committed or refused. */
  flush(): Promise<void>;
}

/** The query builder and the transactions over a pool: a query belongs to the transaction in which it is awaited. */
export const openQueries = (pool: Pool, queue: Queue | null): { db: Db; tx: PostgresTransactions } => {
  const sessions = new AsyncLocalStorage<Session>();
  const db = drizzle(
    async (text, values, method) => {
      const session = sessions.getStore();
      if (session === undefined) throw new Error("A query outside of a transaction.");
      if (!reads.test(text)) await session.began;
      const query = { name: nameOf(session.client, text), text, values: [...values], types: parsers };
      sendTogether(session.client);
      const asked =
        method === "all"
          ? session.client.query<unknown[]>({ ...query, rowMode: "array" })
          : session.client.query(query);
      session.sent();
      const result = await asked;
      session.changed = result.rowCount ?? 0;
      return { rows: result.rows };
    },
    { casing: "snake_case" },
  );

  /**
   * Does one piece of work, query by query; what it wakes is put with the others. Who asks nothing of a command does not wait for it: it is on
   * its way before the next one is, and whoever commits waits for all of them.
   */
  const drive = <T>({ client, began, unanswered }: Begun, tx: Tx<T>, wakes: Wake[]): Promise<T> => {
    const session: Session = { client, began, changed: 0, sent: () => {} };
    const own: Promise<unknown>[] = [];
    return sessions.run(session, async () => {
      try {
        let next = tx.next();
        while (next.done !== true) {
          const asked = next.value;
          if (asked.kind === "wake") {
            wakes.push(asked.wake);
            next = tx.next();
            continue;
          }
          if (asked.kind === "all") {
            const answers = asked.of.map((one) => execute(one.query, one.params));
            await allOf(answers);
            next = tx.next(await Promise.all(answers));
            continue;
          }
          const sent = Promise.withResolvers<void>();
          session.sent = sent.resolve;
          const answer = execute(asked.query, asked.params);
          if (asked.kind === "command" && asked.isBlind) {
            answer.catch(() => {});
            own.push(answer);
            await Promise.race([sent.promise, answer]);
            next = tx.next();
            continue;
          }
          const came = await answer;
          next = tx.next(asked.kind === "rows" ? came : session.changed);
        }
        unanswered.push(...own);
        return next.value;
      } catch (error) {
        // What fails behind the first one that failed only says that one did.
        await allOf(own);
        throw error;
      }
    });
  };

  const read = async <T>(work: () => Tx<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await within(pool, reading, (begun) => drive(begun, work(), []), { readsOnly: true });
      } catch (error) {
        if (!isOvertaken(error) || tries === mostTries) throw plainError(error);
      }
    }
  };
  return { db: db as unknown as Db, tx: { read, ...createWriter({ pool, drive, mostTries, queue }) } };
};

/** What every query and prepared statement of Drizzle for PostgreSQL can do. */
interface Executable {
  execute(params: Record<string, unknown> | undefined): Promise<unknown>;
}

/** What refuses it is what PostgreSQL says, which tells whether the work may be done anew. */
const execute = (query: object, params: Record<string, unknown> | undefined): Promise<unknown> =>
  (query as Executable).execute(params).catch((error: unknown) => {
    throw error instanceof DrizzleQueryError ? (error.cause ?? error) : error;
  });
