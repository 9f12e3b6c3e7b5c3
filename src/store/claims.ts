import type { Recorded } from "#core/change.ts";
import { mayWake } from "#core/states.ts";
import type { Claiming, Store } from "#core/store.ts";
import { type RunStatements, writeChange } from "./change.ts";
import type { Changed } from "./create-run.ts";
import type { HeldRuns, RunRows } from "./held-runs.ts";
import { readRun, toRunWithSteps } from "./run-rows.ts";
import type { RunQueries } from "./runs.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { changed, exec, one, rows, type Tx, wake } from "./tx.ts";

/** `left`: whoever held it before has died. */
interface Taken extends RunRows {
  left: boolean;
  first?: Changed;
}

/** Who takes a run, at what time, until when it is its own, and what it does first. */
interface Taker extends Pick<Claiming, "first"> {
  worker: string;
  now: number;
  until: number;
  most: number;
}

type Claims = Pick<Store, "claim" | "beat" | "release" | "releaseAll" | "wakeAhead" | "nextWake">;

const anyNumber = Number.MAX_SAFE_INTEGER;

/** Who works on which run. */
export const claims = (
  { tx, isShared }: Pick<SqlDeps, "tx" | "isShared">,
  statements: RunStatements,
  held: HeldRuns,
  keep: (changed: Changed) => Recorded,
): Claims => {
  const { q, w } = statements;
  /** Null when the run is not as it was thought to be. */
  function* take({ row, steps }: RunRows, { worker, now, until, first }: Taker): Tx<Taken | null> {
    const was = { runId: row.id, wasVersion: row.version, wasEpoch: row.epoch };
    const claim = { epoch: row.epoch + 1, claimedBy: worker, claimedUntil: until };
    const taken = { row: { ...row, ...claim }, steps, left: row.claimedBy !== null };
    const change = taken.left ? null : (first?.(toRunWithSteps(taken.row, steps), now) ?? null);
    if (change === null) return (yield* changed(w.claim, { worker, until, ...was })) === 0 ? null : taken;
    const withClaim = { ...change, run: { ...change.run, ...claim } };
    const written = yield* writeChange(statements, { row, steps }, now, withClaim);
    return written === null ? null : { ...written, left: false, first: written };
  }
  /** As long as nobody holds it, or its holder has died, and its family has not all the workers that it may have. */
  function* mayTake({ row }: RunRows, { worker, now, most }: Taker): Tx<boolean> {
    if (!mayWake(row.state) || row.wakeAt === null || row.wakeAt > now) return false;
    if (row.claimedBy !== null) return row.claimedBy !== worker && (row.claimedUntil ?? now) <= now;
    if (row.family === null) return true;
    return ((yield* one(q.ofFamily, { family: row.family }))?.atWork ?? 0) < most;
  }
  function* claimThis(runId: string, taker: Taker) {
    const found = yield* readRun(q, runId);
    if (found === null || !(yield* mayTake(found, taker))) return null;
    return yield* take(found, taker);
  }
  /** The same of one without family, of which nothing but its own row matters. */
  function* claimAlone(runId: string, taker: Taker) {
    const found = yield* readRun(q, runId);
    if (found === null || found.row.family !== null || !(yield* mayTake(found, taker))) return null;
    return yield* take(found, taker);
  }
  const claimOne = async (runId: string, taker: Taker) =>
    (isShared ? await tx.write(() => claimAlone(runId, taker), { isGuarded: true }) : null) ??
    (await tx.write(() => claimThis(runId, taker)));
  function* claimDue(taker: Taker): Tx<Taken | null> {
    const due = yield* longestDue(q, taker);
    if (due === null) return null;
    const known = held.of(due.id);
    const taken = known === null ? null : yield* take(known, taker);
    if (taken !== null) return taken;
    const found = yield* readRun(q, due.id);
    return found === null ? null : yield* take(found, taker);
  }
  return {
    claim: async (worker, now, leaseMs, { mostOfFamily: most = anyNumber, runId, ...how } = {}) => {
      const taker = { worker, now, until: now + leaseMs, most, ...how };
      const taken =
        runId === undefined ? await tx.write(() => claimDue(taker)) : await claimOne(runId, taker);
      if (taken === null) return null;
      const { row, steps, left, first } = taken;
      held.keep({ row, steps });
      return {
        ...toRunWithSteps(row, steps),
        ...(left ? { left: true } : {}),
        ...(first === undefined ? {} : { first: keep(first) }),
      };
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
function* longestDue(q: RunQueries, { worker, now, most }: Taker): Tx<{ id: string } | null> {
  const free = yield* one(q.due, { now, most });
  const lapsed = yield* one(q.lapsed, { now, worker });
  if (free === null || lapsed === null) return free ?? lapsed;
  return (lapsed.wakeAt ?? now) < (free.wakeAt ?? now) ? lapsed : free;
}
