import type { Store } from "#core/store.ts";
import { openInMemory, storeInMemory } from "../store/in-memory.ts";

/** The store in memory, and how many statements its database has executed so far; a transaction counts as one more. */
export const countedStore = (): { store: Store; statements(): number } => {
  const { client, db } = openInMemory();
  let statements = 0;
  const count = <T extends object>(of: T, names: readonly (keyof T)[]): T => {
    for (const name of names) {
      const call = of[name] as (...given: unknown[]) => unknown;
      const value = (...given: unknown[]) => {
        statements += 1;
        return call.apply(of, given);
      };
      Object.defineProperty(of, name, { value });
    }
    return of;
  };
  const { prepare, transaction } = client;
  client.prepare = ((sql: string) =>
    count(prepare.call(client, sql), ["run", "get", "all", "iterate"])) as typeof prepare;
  client.transaction = ((work: () => unknown) => {
    const { deferred, immediate } = transaction.call(client, work);
    return count({ deferred, immediate }, ["deferred", "immediate"]);
  }) as unknown as typeof transaction;
  return {
    store: storeInMemory(Date.now, { client, db }),
    statements: () => statements,
  };
};
