import { lossOf, repeated, unfilled } from "#apps/losses.ts";
import { migrationSql } from "#apps/migrate.ts";
import { planChange } from "#apps/plan/change.ts";
import { differences } from "#apps/plan/differences.ts";
import { schemaOf } from "#apps/plan/draft-schema.ts";
import type { PlanDraft } from "#apps/plan/plan-draft.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { type Asked, readIn } from "./asked.ts";
import type { ChangeInput } from "./input.ts";

/** A change as it was looked at: from which tables to which, and what that comes to in the data that were there. */
export interface PlannedChange {
  from: AppSchema;
  to: AppSchema;
  /** What is done, a sentence each. */
  steps: string[];
  /** What is lost unless it is undone, counted, a sentence each. */
  losses: string[];
  /** Why parts of the request are not in it, a sentence each. */
  unread: string[];
  /** The statements, exactly as they will run. */
  sql: string[];
}

/**
 * Plans the change over the app as it is now: what was asked for in words, by the model's reading where there is one, and then what was changed in the
 * form. Throws AppError("bad-input") when it does not fit, or its data do not.
 */
export const plannedNow = (
  apps: AppRegistry,
  { slug, request }: Pick<ChangeInput, "slug" | "request">,
  edited: PlanDraft | null = null,
  byModel: Pick<Asked, "schema" | "unread"> | null = null,
): PlannedChange => {
  const { schema: from, db } = apps.open(slug);
  // Of a plan that was changed by hand words need not come to anything.
  const isStrict = edited === null && request !== "";
  const { schema: asked, unread } = byModel ?? (isStrict ? planChange(from, request) : readIn(from, request));
  const to = edited === null ? asked : schemaOf(edited, asked);
  const missing = [...unfilled(db, from, to), ...repeated(db, from, to)];
  if (missing.length > 0)
    throw new AppError("bad-input", `${missing.join(" ")} Correct these rows first.`, { field: "request" });
  return {
    from,
    to,
    steps: differences(from, to),
    losses: lossOf(db, from, to),
    unread,
    sql: migrationSql(db.dialect, from, to),
  };
};
