import { mayWake } from "#core/states.ts";
import type { Store } from "#core/store.ts";
import type { RunStatements } from "./change.ts";
import type { HeldRuns, RunRows } from "./held-runs.ts";
import { readRun, toRunWithSteps } from "./run-rows.ts";
import type { RunQueries } from "./runs.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, rows, type Tx, wake } from "./tx.ts";

/** `left`: whoever held it before has died. */
type Taken = RunRows & { left: boolean };

type Claims = Pick<Store, "claim" | "beat" | "release" | "releaseAll" | "wakeAhead" | "nextWake">;

const anyNumber = Number.MAX_SAFE_INTEGER;

/** Who works on which run. */
export const claims = (
  { tx, isShared }: Pick<SqlDeps, "tx" | "isShared">,
  { q, w }: RunStatements,
  held: HeldRuns,
): Claims => {
  /** Null when the run is not as it was thought to be. */
  function* take({ row, steps }: RunRows, worker: string, until: number): Tx<Taken | null> {
    const was = { runId: row.id, wasVersion: row.version, wasEpoch: row.epoch };
    if ((yield* changed(w.claim, { worker, until, ...was })) === 0) return null;
    const claim = { epoch: row.epoch + 1, claimedBy: worker, claimedUntil: until };
    return { row: { ...row, ...claim }, steps, left: row.claimedBy !== null };
  }
  /** As long as nobody holds it, or its holder has died, and its family has not all the workers that it may have. */
  function* mayTake({ row }: RunRows, worker: string, now: number, most: number): Tx<boolean> {
    if (!mayWake(row.state) || row.wakeAt === null || row.wakeAt > now) return false;
    if (row.claimedBy !== null) return row.claimedBy !== worker && (row.claimedUntil ?? now) <= now;
    if (row.family === null) return true;
    return ((yield* one(q.ofFamily, { family: row.family }))?.atWork ?? 0) < most;
  }
  function* claimThis(runId: string, worker: string, now: number, until: number, most: number) {
    const found = yield* readRun(q, runId);
    if (found === null || !(yield* mayTake(found, worker, now, most))) return null;
    return yield* take(found, worker, until);
  }
  /** The same of one without family, of which nothing but its own row matters. */
  function* claimAlone(runId: string, worker: string, now: number, until: number) {
    const found = yield* readRun(q, runId);
    if (found === null || found.row.family !== null) return null;
    if (!(yield* mayTake(found, worker, now, anyNumber))) return null;
    return yield* take(found, worker, until);
  }
  const claimOne = async (runId: string, worker: string, now: number, until: number, most: number) =>
    (isShared ? await tx.write(() => claimAlone(runId, worker, now, until), { isGuarded: true }) : null) ??
    (await tx.write(() => claimThis(runId, worker, now, until, most)));
  function* claimDue(worker: string, now: number, until: number, most: number): Tx<Taken | null> {
    const due = yield* longestDue(q, worker, now, most);
    if (due === null) return null;
    const known = held.of(due.id);
    const taken = known === null ? null : yield* take(known, worker, until);
    if (taken !== null) return taken;
    const found = yield* readRun(q, due.id);
    return found === null ? null : yield* take(found, worker, until);
  }
  return {
    claim: async (worker, now, leaseMs, mostOfFamily = anyNumber, runId) => {
      const until = now + leaseMs;
      const taken =
        runId === undefined
          ? await tx.write(() => claimDue(worker, now, until, mostOfFamily))
          : await claimOne(runId, worker, now, until, mostOfFamily);
      if (taken === null) return null;
      const { row, steps, left } = taken;
      held.keep({ row, steps });
      return { ...toRunWithSteps(row, steps), ...(left ? { left: true } : {}) };
    },
    beat: async (id, epoch, until) => {
      const kept = await tx.write(() => changed(q.beat, { id, epoch, until }), { isGuarded: true });
      const known = held.of(id);
      if (kept > 0 && known?.row.epoch === epoch)
        held.keep({ ...known, row: { ...known.row, claimedUntil: until } });
      return kept > 0;
    },
    release: async (id, epoch) => {
      await tx.write(
        function* () {
          const [free] = yield* rows(q.release, { id, epoch });
          if (free !== undefined) yield* wake(free);
        },
        { isGuarded: true },
      );
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
