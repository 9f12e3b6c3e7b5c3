import { lossOf, repeated, unfilled } from "#apps/losses.ts";
import { applyMigration } from "#apps/migrate.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";
import { patiently } from "#apps/runtime/patient.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { sends } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { ChangeInput } from "#workflows/change-app/input.ts";
import type { PlannedChange } from "#workflows/change-app/planned.ts";
import type { Host } from "#workflows/host.ts";

export interface Migrated {
  statements: number;
}

/** Changes the tables and the kept plan in one commit. Undone, what was lost comes back from the copy, and what was entered since stays. */
export const migrateTables = ({
  apps,
}: Pick<Host, "apps">): DoOptions<ChangeInput, { preview: PlannedChange }, Migrated> => ({
  run: async ({ input: { slug }, results: { preview }, log }) => {
    const { from, to, sql, losses } = preview;
    const app = apps.open(slug);
    const grown = lossOf(app.db, from, to).filter((loss) => !losses.includes(loss));
    if (grown.length > 0)
      throw new AppError("conflict", `More would be lost than was agreed to: ${grown.join(" ")}`, {
        wayOn: { back: "plan", why: "to look at it once more" },
      });
    const apply = (db: AppDatabase) => applyMigration(db, from, to);
    await patiently(() => apps.migrate(slug, { from, to, apply }));
    for (const statement of sql) log(statement);
    return { statements: sql.length };
  },
  whenInterrupted: async ({ input: { slug }, results: { preview } }) => {
    const app = apps.open(slug);
    return same(app.schema, preview.to) && !same(preview.from, preview.to)
      ? {
          happened: true,
          result: { statements: preview.sql.length },
          checked: "The app has the new tables already.",
        }
      : { happened: false, checked: "The app still has its old tables." };
  },
  undo: async ({ input: { slug }, results: { preview }, runId, log }) => {
    const app = apps.open(slug);
    const { from, to } = preview;
    if (same(app.schema, from)) return log("The app has its old tables already.");
    if (!same(app.schema, to))
      throw new AppError(
        "conflict",
        `“${app.schema.title}” was changed again after this run. Undo the later change first.`,
      );
    const apply = (db: AppDatabase, copy: string | null) => {
      const entered = lossOf(db, to, from, copy);
      if (entered.length > 0)
        throw new AppError(
          "conflict",
          `That was entered since this change: ${entered.join(" ")} To give it up, take it away with “Change an app”, which keeps a copy.`,
        );
      const missing = [...unfilled(db, to, from, copy), ...repeated(db, to, from, copy)];
      if (missing.length > 0)
        throw new AppError("conflict", `${missing.join(" ")} Correct or delete these rows, then undo again.`);
      applyMigration(db, to, from, copy);
    };
    await patiently(() => apps.migrate(slug, { from: to, to: from, apply, copy: runId }));
    log("The tables are as they were, with what they held; rows that were entered since are still there.");
  },
  plan: ({ results: { preview } }) => ({
    lines: preview.sql.map(sends),
    result: { statements: preview.sql.length },
  }),
  detail: ({ statements }) =>
    statements === 0 ? "The tables stay as they are" : `${statements} statements in one commit`,
  weightMs: 300,
});

const same = (a: AppSchema, b: AppSchema): boolean => JSON.stringify(a) === JSON.stringify(b);
