import { lossOf, migrationSql, type Renames, unfilled } from "#apps/migrate.ts";
import { planChange } from "#apps/plan/change.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import type { ChangeInput } from "./input.ts";

/** A change as it was looked at: from which tables to which, and what that comes to in the data that were there. */
export interface PlannedChange {
  from: AppSchema;
  to: AppSchema;
  renames: Renames;
  /** What is done, a sentence each. */
  steps: string[];
  /** What is lost for good, counted, a sentence each. */
  losses: string[];
  /** The statements, exactly as they will run. */
  sql: string[];
}

/** Plans the change over the app as it is now. Throws AppError("bad-input") when it does not fit, or its data do not. */
export const plannedNow = (apps: AppRegistry, { slug, request }: ChangeInput): PlannedChange => {
  const { schema: from, db } = apps.open(slug);
  const { schema: to, steps, renames } = planChange(from, request);
  const missing = unfilled(db, from, to, renames);
  if (missing.length > 0)
    throw new AppError("bad-input", `${missing.join(" ")} Fill that in first.`, { field: "request" });
  return {
    from,
    to,
    renames,
    steps,
    losses: lossOf(db, from, to, renames),
    sql: migrationSql(from, to, renames),
  };
};
