import { sql } from "drizzle-orm";
import { isOver, runStates } from "#core/states.ts";

/**
 * Of a run that is over. As a text, because a database takes a partial index only where a query repeats its condition word for word; and
 * said by what it is not, because otherwise it would rather begin with all runs of a state.
 */
export const isOverSql = sql.raw(
  `state not in (${runStates
    .filter((state) => !isOver(state))
    .map((state) => `'${state}'`)
    .join(", ")})`,
);

/** And whose log no rule has removed since it ended. */
export const hasLogSql = sql`${isOverSql} and ${sql.raw("(trimmed_days is null or ended_at > trimmed_at)")}`;
