import { isNotNull } from "drizzle-orm";
import type { Store } from "#core/store.ts";
import { type RunQueries, toRunWithSteps } from "./runs.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

type Claims = Pick<Store, "claim" | "beat" | "release" | "releaseAll" | "wakeAhead" | "nextWake">;

/** Who works on which run. */
export const claims = ({ db, schema: { runs }, tx }: SqlDeps, q: RunQueries): Claims => ({
  claim: (worker, now, leaseMs) =>
    tx.write(function* () {
      const due = yield* one(q.due, { now, worker });
      if (due === null) return null;
      const row = yield* one(q.claim, { id: due.id, worker, until: now + leaseMs });
      return row === null ? null : toRunWithSteps(row, yield* rows(q.steps, { id: row.id }));
    }),
  beat: (id, epoch, until) =>
    tx.write(function* () {
      return (yield* one(q.beat, { id, epoch, until })) !== null;
    }),
  release: (id, epoch) => tx.write(() => exec(q.release, { id, epoch })),
  releaseAll: () =>
    tx.write(function* () {
      const claimed = yield* rows(
        db
          .update(runs)
          .set({ claimedBy: null, claimedUntil: null })
          .where(isNotNull(runs.claimedBy))
          .returning({ id: runs.id }),
      );
      return claimed.map(({ id }) => id);
    }),
  wakeAhead: (now) => tx.write(() => exec(q.wakeAhead, { now })),
  nextWake: () =>
    tx.read(function* () {
      return (yield* one(q.nextWake))?.at ?? null;
    }),
});
