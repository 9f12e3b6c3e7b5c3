import { and, desc, eq, gt, gte, isNull, lte } from "drizzle-orm";
import type { ShareTable } from "#core/shares.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** Links to single runs. Those that have expired are removed when another one is made. */
export const shareTable = ({ db, schema: { shares }, tx }: SqlDeps): ShareTable => {
  const { id, runId, madeBy, personId, createdAt, expiresAt, openedAt, files } = shares;
  const share = { id, runId, madeBy, personId, createdAt, expiresAt, openedAt, files };
  return {
    add: (row, secretHash) =>
      tx.write(function* () {
        yield* exec(db.delete(shares).where(lte(shares.expiresAt, row.createdAt)));
        yield* exec(db.insert(shares).values({ ...row, secretHash }));
      }),
    bySecret: (secretHash, now) =>
      tx.read(() =>
        one(
          db
            .select(share)
            .from(shares)
            .where(and(eq(shares.secretHash, secretHash), gt(shares.expiresAt, now))),
        ),
      ),
    opened: (shareId, at) =>
      tx.write(function* () {
        const first = db
          .update(shares)
          .set({ openedAt: at })
          .where(and(eq(shares.id, shareId), isNull(shares.openedAt)))
          .returning({ id });
        return (yield* one(first)) !== null;
      }),
    list: (of, now) =>
      tx.read(() =>
        rows(
          db
            .select(share)
            .from(shares)
            .where(and(of === null ? gte(createdAt, 0) : eq(runId, of), gt(expiresAt, now)))
            .orderBy(desc(createdAt), desc(id)),
        ),
      ),
    remove: (shareId) => tx.write(() => one(db.delete(shares).where(eq(id, shareId)).returning(share))),
  };
};
