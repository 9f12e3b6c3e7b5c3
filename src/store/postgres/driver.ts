import { AsyncLocalStorage } from "node:async_hooks";
import { DrizzleQueryError } from "drizzle-orm/errors";
import { drizzle } from "drizzle-orm/pg-proxy";
import { type Pool, type PoolClient, types } from "pg";
import type { Db } from "#store/dialect.ts";
import type { Transactions, Tx, Wake } from "#store/tx.ts";
import { isOvertaken, plainError } from "./plain-error.ts";
import { within } from "./pool.ts";
import { createWriter, type Queue } from "./writer.ts";

/** One transaction's connection, and how many rows its last command changed. */
interface Session {
  client: PoolClient;
  changed: number;
}

/** PostgreSQL's numbers for the types of whole numbers of 64 bits and of sums: JavaScript's numbers hold all that we keep. */
const asNumber = new Set([20, 1700]);
const parsers = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    asNumber.has(oid) ? Number : types.getTypeParser(oid, format as "text"),
};

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
      const query = { text, values: [...values], types: parsers };
      const result =
        method === "all"
          ? await session.client.query<unknown[]>({ ...query, rowMode: "array" })
          : await session.client.query(query);
      session.changed = result.rowCount ?? 0;
      return { rows: result.rows };
    },
    { casing: "snake_case" },
  );

  /** Does one piece of work, query by query; what it wakes is put with the others. */
  const drive = <T>(client: PoolClient, tx: Tx<T>, wakes: Wake[]): Promise<T> => {
    const session: Session = { client, changed: 0 };
    return sessions.run(session, async () => {
      let next = tx.next();
      while (next.done !== true) {
        if (next.value.kind === "wake") {
          wakes.push(next.value.wake);
          next = tx.next();
          continue;
        }
        const { kind, query, params } = next.value;
        const came = await (query as unknown as Executable).execute(params).catch((error: unknown) => {
          // What PostgreSQL says tells whether the work may be done anew.
          throw error instanceof DrizzleQueryError ? (error.cause ?? error) : error;
        });
        next = tx.next(kind === "rows" ? came : session.changed);
      }
      return next.value;
    });
  };

  const read = async <T>(work: () => Tx<T>): Promise<T> => {
    for (let tries = 1; ; tries++) {
      try {
        return await within(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", (client) =>
          drive(client, work(), []),
        );
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
