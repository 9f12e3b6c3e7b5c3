import { lossOf, repeated, unfilled } from "#apps/losses.ts";
import { migrationSql, noRenames, type Renames } from "#apps/migrate.ts";
import { planChange } from "#apps/plan/change.ts";
import { differences } from "#apps/plan/differences.ts";
import { type PlanDraft, schemaOf } from "#apps/plan/plan-draft.ts";
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
  const asked = request === "" ? { schema: from, steps: [], renames: noRenames } : planChange(from, request);
  const to = edited === null ? asked.schema : schemaOf(edited, asked.schema);
  const renames = edited === null ? asked.renames : keptOf(asked.renames, to);
  const steps = edited === null ? asked.steps : differences(from, to, renames);
  const missing = [...unfilled(db, from, to, renames), ...repeated(db, from, to, renames)];
  if (missing.length > 0)
    throw new AppError("bad-input", `${missing.join(" ")} Correct these rows first.`, { field: "request" });
  return {
    from,
    to,
    renames,
    steps,
    losses: lossOf(db, from, to, renames),
    sql: migrationSql(from, to, renames),
  };
};

/** Of what was renamed by the request only what is still there. */
const keptOf = ({ tables, columns }: Renames, to: AppSchema): Renames => {
  const isThere = ([name]: [string, unknown]) => to.tables[name] !== undefined;
  return {
    tables: Object.fromEntries(Object.entries(tables).filter(isThere)),
    columns: Object.fromEntries(
      Object.entries(columns)
        .filter(isThere)
        .map(([name, ids]) => [
          name,
          Object.fromEntries(
            Object.entries(ids).filter(([id]) => to.tables[name]?.columns[id] !== undefined),
          ),
        ]),
    ),
  };
};
