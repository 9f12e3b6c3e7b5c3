import type { Recorded } from "#core/change.ts";
import type { Store } from "#core/store.ts";
import { accessTable } from "./access.ts";
import { accountTables } from "./accounts.ts";
import { changeAlone, changeRun } from "./change.ts";
import { chatTable } from "./chats.ts";
import { claims } from "./claims.ts";
import { cleaningTable } from "./cleanings.ts";
import { connectionTable } from "./connections.ts";
import { type Changed, createRun } from "./create-run.ts";
import { exportRegistry } from "./exports.ts";
import { prepareFirings } from "./firings.ts";
import { createHeldRuns } from "./held-runs.ts";
import { itemTable, prepareItems } from "./items.ts";
import { keptTable } from "./kept.ts";
import { prepareNotices } from "./notices.ts";
import { notifyTable } from "./notify.ts";
import { removals } from "./removals.ts";
import { runReads } from "./run-reads.ts";
import { toRun } from "./run-rows.ts";
import { prepareWrites } from "./run-writes.ts";
import { prepareRuns } from "./runs.ts";
import { scriptTable } from "./scripts.ts";
import { shareTable } from "./shares.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { triggerTable } from "./triggers.ts";

/** The store over any SQL database; what depends on the one at hand (its health, its room, its end) is added by who opens it. */
export const createSqlStore = (deps: SqlDeps): Omit<Store, "healthy" | "space" | "giveBack" | "close"> => {
  const statements = {
    q: prepareRuns(deps.db, deps.schema),
    w: prepareWrites(deps.db, deps.schema),
    f: prepareFirings(deps.db, deps.schema),
    n: prepareNotices(deps.db, deps.schema),
    i: prepareItems(deps.db, deps.schema),
  };
  const { write } = deps.tx;
  const held = createHeldRuns();
  /** What nobody holds any more is not kept; a new run is taken at once. Where others write too, only what this process has claimed is. */
  const keep = ({ row, steps, events, also = [] }: Changed): Recorded => {
    const isForeign = deps.isShared && held.of(row.id)?.row.epoch !== row.epoch;
    if (isForeign || (row.claimedBy === null && row.version > 1)) held.forget(row.id);
    else held.keep({ row, steps });
    return { run: toRun(row), steps, events, ...(also.length === 0 ? {} : { also: also.map(keep) }) };
  };
  return {
    createRun: async (run, steps, events, once, firing) =>
      keep(
        await write(function* () {
          const made = yield* createRun(statements, run, steps, events, once, firing);
          // Whoever claims it in the same transaction need not read it. Were that undone, nobody would ever ask for this id.
          if (!deps.isShared) held.keep(made);
          return made;
        }),
      ),
    change: async (runId, at, decide, fence) => {
      try {
        const change = { at, decide, fence };
        const there = held.of(runId);
        // Where nobody else writes, nothing has to be kept apart; and a run of a parent's has to do with others whatever it does.
        const alone =
          !deps.isShared || there === null || there.row.parent !== null || fence === undefined
            ? null
            : await write(() => changeAlone(statements, there, change), { isGuarded: true });
        return keep(alone ?? (await write(() => changeRun(statements, held.of(runId), runId, change))));
      } catch (error) {
        held.forget(runId);
        throw error;
      }
    },
    ...claims(deps, statements, held, keep),
    ...runReads(deps, statements.q),
    items: itemTable(deps, statements.q, statements.i),
    removal: removals(deps, statements, held),
    cleanings: cleaningTable(deps),
    exports: exportRegistry(deps),
    connections: connectionTable(deps),
    kept: keptTable(deps),
    chats: chatTable(deps),
    triggers: triggerTable(deps, statements.f),
    notify: notifyTable(deps),
    accounts: accountTables(deps),
    access: accessTable(deps),
    shares: shareTable(deps),
    scripts: scriptTable(deps),
  };
};
