import { z } from "zod";
import { lossOf, unfilled } from "#apps/losses.ts";
import { applyMigration, inverse } from "#apps/migrate.ts";
import type { OpenApp } from "#apps/registry.ts";
import { type AppDatabase, quote } from "#apps/runtime/database.ts";
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
  /** How the data were right after it, to see at an undo whether anybody has changed them since. */
  data: string;
}

/** Changes the tables and the kept plan in one commit. Undone, the app is as it was; what others entered since is never thrown away. */
export const migrateTables = ({
  apps,
}: Pick<Host, "apps">): DoOptions<ChangeInput, { preview: PlannedChange }, Migrated> => ({
  run: async ({ input: { slug }, results: { preview }, log }) => {
    const { from, to, renames, sql, losses } = preview;
    const app = apps.open(slug);
    const grown = lossOf(app.db, from, to, renames).filter((loss) => !losses.includes(loss));
    if (grown.length > 0)
      throw new AppError("conflict", `More would be lost than was agreed to: ${grown.join(" ")}`, {
        wayOn: { back: "plan", why: "to look at it once more" },
      });
    const apply = (db: AppDatabase) => applyMigration(db, from, to, renames);
    const changed = await patiently(() => apps.migrate(slug, { from, to, apply }));
    for (const statement of sql) log(statement);
    return { statements: sql.length, data: dataOf(changed) };
  },
  whenInterrupted: async ({ input: { slug }, results: { preview } }) => {
    const app = apps.open(slug);
    return same(app.schema, preview.to) && !same(preview.from, preview.to)
      ? {
          happened: true,
          result: { statements: preview.sql.length, data: dataOf(app) },
          checked: "The app has the new tables already.",
        }
      : { happened: false, checked: "The app still has its old tables." };
  },
  undo: async ({ input: { slug }, results: { preview }, runId, result, log }) => {
    const app = apps.open(slug);
    const { from, to, renames, losses } = preview;
    if (same(app.schema, from)) return log("The app has its old tables already.");
    if (!same(app.schema, to))
      throw new AppError(
        "conflict",
        `“${app.schema.title}” was changed again after this run. Undo the later change first.`,
      );
    // A type that was changed may have changed how values are written.
    const isUntouched = result?.data === dataOf(app);
    if (losses.length === 0 && !(isUntouched && changesTypes(preview))) {
      const back = inverse(renames);
      const missing = unfilled(app.db, to, from, back);
      if (missing.length > 0)
        throw new AppError(
          "conflict",
          `${missing.join(" ")} Fill that in, or delete these rows, then undo again.`,
        );
      const apply = (db: AppDatabase) => applyMigration(db, to, from, back);
      await patiently(() => apps.migrate(slug, { from: to, to: from, apply }));
      return log("The tables were changed back; rows that were entered since are still there.");
    }
    if (!isUntouched)
      throw new AppError(
        "conflict",
        `Somebody has entered or changed rows of “${app.schema.title}” since. Putting the old data back would throw that away, so nothing was undone.`,
      );
    apps.restoreCopy(slug, runId);
    log("The copy of the data from before was put back.");
  },
  plan: ({ results: { preview } }) => ({
    lines: preview.sql.map(sends),
    result: { statements: preview.sql.length, data: "" },
  }),
  detail: ({ statements }) =>
    statements === 0 ? "The tables stay as they are" : `${statements} statements in one commit`,
  weightMs: 300,
});

const changesTypes = ({ sql }: PlannedChange): boolean =>
  sql.some((statement) => statement.includes("fitted("));

const same = (a: AppSchema, b: AppSchema): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Changes with every row that is made, changed or deleted. */
const dataOf = ({ db, schema }: OpenApp): string =>
  Object.keys(schema.tables)
    .map((name) =>
      z.string().parse(
        db
          .prepare(`SELECT count(*) || ' ' || coalesce(max("updated_at"), '') FROM ${quote(name)}`)
          .pluck()
          .get(),
      ),
    )
    .join(", ");
