import { lossOf, repeated, unfilled } from "#apps/losses.ts";
import { migrationSql } from "#apps/migrate.ts";
import { type AppChange, planChange } from "#apps/plan/change.ts";
import { differences } from "#apps/plan/differences.ts";
import { schemaOf } from "#apps/plan/draft-schema.ts";
import type { PlanDraft } from "#apps/plan/plan-draft.ts";
import type { AppRegistry } from "#apps/registry.ts";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
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
 * Plans the change over the app as it is now: what was asked for in words, and then what was changed in the form. Throws
 * AppError("bad-input") when it does not fit, or its data do not.
 */
export const plannedNow = (
  apps: AppRegistry,
  { slug, request }: ChangeInput,
  edited: PlanDraft | null = null,
): PlannedChange => {
  const { schema: from, db } = apps.open(slug);
  const { schema: asked, unread } = readIn(from, request, edited !== null);
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

/** What words come to; of a plan that was changed by hand they need not come to anything. */
const readIn = (from: AppSchema, request: string, byHand: boolean): Pick<AppChange, "schema" | "unread"> => {
  if (request === "") return { schema: from, unread: [] };
  try {
    return planChange(from, request);
  } catch (error) {
    if (byHand && error instanceof AppError) return { schema: from, unread: [error.message] };
    throw error;
  }
};
