import { and, asc, desc, eq } from "drizzle-orm";
import { AppError } from "#core/errors.ts";
import { mostScripts, type ScriptTable } from "#core/saved-script.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** Scripts that people saved. No version is ever changed or lost. */
export const scriptTable = ({ db, schema: { scripts }, tx }: SqlDeps): ScriptTable => {
  const shown = {
    id: scripts.id,
    n: scripts.n,
    name: scripts.name,
    about: scripts.about,
    script: scripts.script,
    inputs: scripts.inputs,
    check: scripts.check,
    undo: scripts.undo,
    as: scripts.as,
    minutes: scripts.minutes,
    savedAt: scripts.savedAt,
    savedBy: scripts.savedBy,
  };
  const offered = () =>
    db
      .select(shown)
      .from(scripts)
      .where(eq(scripts.isOffered, true))
      .orderBy(asc(scripts.name), asc(scripts.id))
      .limit(mostScripts);
  const exactly = (id: string, n: number) => and(eq(scripts.id, id), eq(scripts.n, n));
  return {
    offered: () => tx.read(() => rows(offered())),
    versions: (id) =>
      tx.read(() => rows(db.select(shown).from(scripts).where(eq(scripts.id, id)).orderBy(desc(scripts.n)))),
    version: (id, n) => tx.read(() => one(db.select(shown).from(scripts).where(exactly(id, n)))),
    save: (version) =>
      tx.write(function* () {
        const { id, n } = version;
        const there = yield* one(db.select({ by: scripts.savedBy }).from(scripts).where(exactly(id, n)));
        if (there !== null)
          throw new AppError("conflict", `${there.by} saved version ${n} meanwhile. Look at it, then save.`);
        yield* exec(db.update(scripts).set({ isOffered: false }).where(eq(scripts.id, id)));
        if ((yield* rows(offered())).length >= mostScripts)
          throw new AppError(
            "not-allowed-now",
            `${mostScripts} scripts are saved, and no more fit. Remove one that nobody needs.`,
          );
        yield* exec(db.insert(scripts).values({ ...version, isOffered: true }));
      }),
    remove: (id) =>
      tx.write(() => exec(db.update(scripts).set({ isOffered: false }).where(eq(scripts.id, id)))),
  };
};
