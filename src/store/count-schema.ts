import type { RunState } from "#core/states.ts";
import type { Columns } from "./dialect.ts";

export const countSchema = ({ table, text, integer, primaryKey }: Columns) => ({
  /** How many runs there are, kept by triggers: counting them would take longer with every run. */
  runCounts: table(
    "run_counts",
    { state: text<RunState>().notNull(), workflowId: text().notNull(), n: integer().notNull() },
    (row) => [primaryKey({ columns: [row.state, row.workflowId] })],
  ),
});
