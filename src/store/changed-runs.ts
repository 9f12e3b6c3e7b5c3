import { and, gt, gte, inArray, isNull, sql } from "drizzle-orm";
import { isOver, runStates } from "#core/states.ts";
import type { ChangedRun } from "#core/store.ts";
import { isOverSql } from "./over-sql.ts";
import type { Schema } from "./schema.ts";
import type { SqlDeps } from "./sql-deps.ts";

const underWay = runStates.filter((state) => !isOver(state));

const changed = ({ id, workflowId, changedAt, lastEvent }: Schema["runs"]) => ({
  id,
  workflowId,
  changedAt,
  lastEvent,
});

export const underWaySince = ({ db, schema: { runs } }: SqlDeps, at: number) =>
  db
    .select(changed(runs))
    .from(runs)
    .where(and(isNull(runs.family), inArray(runs.state, underWay), gte(runs.changedAt, at)));

export const overSince = (
  { db, schema: { runs } }: SqlDeps,
  { id, changedAt }: Pick<ChangedRun, "id" | "changedAt">,
  limit: number,
) =>
  db
    .select(changed(runs))
    .from(runs)
    .where(
      and(
        isOverSql,
        isNull(runs.family),
        gt(sql`(${runs.changedAt}, ${runs.id})`, sql`(${changedAt}, ${id})`),
      ),
    )
    .orderBy(runs.changedAt, runs.id)
    .limit(limit);
