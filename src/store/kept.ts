import { and, asc, eq, gte } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import { type KeptTable, mostKept } from "#core/kept.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** What people keep under a name: never more than `mostKept`, so that each list is read whole. */
export const keptTable = ({ db, schema: { kept }, tx }: SqlDeps): KeptTable => ({
  list: () =>
    tx.read(() =>
      rows(
        db
          .select(shown(kept))
          .from(kept)
          .where(any(kept))
          .orderBy(asc(kept.name), asc(kept.id))
          .limit(mostKept),
      ),
    ),
  get: (id) => tx.read(() => one(db.select(shown(kept)).from(kept).where(eq(kept.id, id)))),
  put: (put) =>
    tx.write(function* () {
      const same = and(eq(kept.kind, put.what.kind), eq(kept.of, put.of), eq(kept.name, put.name));
      yield* exec(db.delete(kept).where(same));
      const others = yield* rows(db.select({ id: kept.id }).from(kept).where(any(kept)).limit(mostKept));
      if (others.length >= mostKept)
        throw new AppError(
          "not-allowed-now",
          `${mostKept} things are kept, and no more fit. Remove one that nobody needs.`,
        );
      yield* exec(db.insert(kept).values({ ...put, kind: put.what.kind }));
    }),
  remove: (id) => tx.write(() => exec(db.delete(kept).where(eq(kept.id, id)))),
});

// Said of the name, so that a database takes its index and not the whole table.
const any = ({ name }: SqlDeps["schema"]["kept"]) => gte(name, "");

const shown = ({ id, of, name, what, keptAt, keptBy }: SqlDeps["schema"]["kept"]) => ({
  id,
  of,
  name,
  what,
  keptAt,
  keptBy,
});
