import { and, eq, inArray } from "drizzle-orm";
import { type AccessKind, accessActs } from "#core/access.ts";
import type { AccessTable } from "#core/store.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, rows } from "./tx.ts";

const kinds = Object.keys(accessActs) as AccessKind[];

/** Who may do what with which workflow and connection. */
export const accessTable = ({ db, schema: { access }, tx }: SqlDeps): AccessTable => ({
  all: () => tx.read(() => rows(db.select().from(access).where(inArray(access.kind, kinds)))),
  put: (kind, id, said) =>
    tx.write(function* () {
      yield* exec(db.delete(access).where(and(eq(access.kind, kind), eq(access.id, id))));
      if (said !== null) yield* exec(db.insert(access).values({ kind, id, access: said }));
    }),
});
