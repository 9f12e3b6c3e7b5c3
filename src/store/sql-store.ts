import type { Store } from "#core/store.ts";
import { accountTables } from "./accounts.ts";
import { changeRun, createRun } from "./change.ts";
import { claims } from "./claims.ts";
import { connectionTable } from "./connections.ts";
import { exportRegistry } from "./exports.ts";
import { runReads } from "./run-reads.ts";
import { prepareRuns } from "./runs.ts";
import type { SqlDeps } from "./sql-deps.ts";

/** The store over any SQL database; what depends on the one at hand (its health, its end) is added by who opens it. */
export const createSqlStore = (deps: SqlDeps): Omit<Store, "healthy" | "close"> => {
  const queries = prepareRuns(deps.db, deps.schema);
  const { write } = deps.tx;
  return {
    createRun: (run, steps, events) => write(() => createRun(queries, run, steps, events)),
    change: (runId, at, decide, fence) => write(() => changeRun(queries, runId, at, decide, fence)),
    ...claims(deps, queries),
    ...runReads(deps, queries),
    exports: exportRegistry(deps),
    connections: connectionTable(deps),
    accounts: accountTables(deps),
  };
};
