import type { Store } from "#core/store.ts";
import { type RunStatements, readRun } from "./change.ts";
import type { HeldRuns, RunRows } from "./held-runs.ts";
import { toRunWithSteps } from "./run-rows.ts";
import type { RunQueries } from "./runs.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, rows, type Tx } from "./tx.ts";

type Claims = Pick<Store, "claim" | "beat" | "release" | "releaseAll" | "wakeAhead" | "nextWake">;

const anyNumber = Number.MAX_SAFE_INTEGER;

/** Who works on which run. */
export const claims = ({ tx }: Pick<SqlDeps, "tx">, { q, w }: RunStatements, held: HeldRuns): Claims => {
  /** Null when the run is not as it was thought to be. */
  function* take({ row, steps }: RunRows, worker: string, until: number): Tx<RunRows | null> {
    const was = { runId: row.id, wasVersion: row.version, wasEpoch: row.epoch };
    if ((yield* changed(w.claim, { worker, until, ...was })) === 0) return null;
    return { row: { ...row, epoch: row.epoch + 1, claimedBy: worker, claimedUntil: until }, steps };
  }
  function* claimDue(worker: string, now: number, until: number, most: number): Tx<RunRows | null> {
    const due = yield* longestDue(q, worker, now, most);
    if (due === null) return null;
    const known = held.of(due.id);
    const taken = known === null ? null : yield* take(known, worker, until);
    if (taken !== null) return taken;
    const found = yield* readRun(q, due.id);
    return found === null ? null : yield* take(found, worker, until);
  }
  return {
    claim: async (worker, now, leaseMs, mostOfFamily = anyNumber) => {
      const taken = await tx.write(() => claimDue(worker, now, now + leaseMs, mostOfFamily));
      if (taken === null) return null;
      held.keep(taken);
      return toRunWithSteps(taken.row, taken.steps);
    },
    beat: async (id, epoch, until) => {
      const kept = await tx.write(() => changed(q.beat, { id, epoch, until }));
      const known = held.of(id);
      if (kept > 0 && known?.row.epoch === epoch)
        held.keep({ ...known, row: { ...known.row, claimedUntil: until } });
      return kept > 0;
    },
    release: async (id, epoch) => {
      await tx.write(() => exec(q.release, { id, epoch }));
      held.forget(id);
    },
    releaseAll: async () => {
      const claimed = await tx.write(() => rows(q.forgetClaims));
      held.clear();
      return claimed.map(({ id }) => id);
    },
    wakeAhead: async (now, furthest) => {
      await tx.write(() => exec(q.wakeAhead, { now, furthest }));
      held.clear();
    },
    nextWake: (mostOfFamily = anyNumber) =>
      tx.read(function* () {
        return (yield* one(q.nextWake, { most: mostOfFamily }))?.at ?? null;
      }),
  };
};

/** Of those that nobody holds and those whose holder died. */
function* longestDue(q: RunQueries, worker: string, now: number, most: number): Tx<{ id: string } | null> {
  const free = yield* one(q.due, { now, most });
  const lapsed = yield* one(q.lapsed, { now, worker });
  if (free === null || lapsed === null) return free ?? lapsed;
  return (lapsed.wakeAt ?? now) < (free.wakeAt ?? now) ? lapsed : free;
}
