import { isNotNull } from "drizzle-orm";
import type { Store } from "#core/store.ts";
import type { Db } from "#store/sqlite/driver.ts";
import { type RunQueries, toRunWithSteps } from "./runs.ts";
import type { Schema } from "./schema.ts";
import { exec, one, type RunTx, rows } from "./tx.ts";

type Claims = Pick<Store, "claim" | "beat" | "release" | "releaseAll" | "nextWake">;

/** Who works on which run. */
export const claims = (db: Db, { runs }: Schema, q: RunQueries, tx: RunTx): Claims => ({
  claim: (worker, now, leaseMs) =>
    tx(function* () {
      const due = yield* one(q.due, { now });
      if (due === null) return null;
      const row = yield* one(q.claim, { id: due.id, worker, until: now + leaseMs });
      return row === null ? null : toRunWithSteps(row, yield* rows(q.steps, { id: row.id }));
    }),
  beat: (id, epoch, until) =>
    tx(function* () {
      return (yield* one(q.beat, { id, epoch, until })) !== null;
    }),
  release: (id, epoch) => tx(() => exec(q.release, { id, epoch })),
  releaseAll: () =>
    tx(function* () {
      const claimed = yield* rows(
        db
          .update(runs)
          .set({ claimedBy: null, claimedUntil: null })
          .where(isNotNull(runs.claimedBy))
          .returning({ id: runs.id }),
      );
      return claimed.map(({ id }) => id);
    }),
  nextWake: () =>
    tx(function* () {
      return (yield* one(q.nextWake))?.at ?? null;
    }),
});
