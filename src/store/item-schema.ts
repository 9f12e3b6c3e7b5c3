import type { ItemState } from "#core/item.ts";
import type { Columns } from "./dialect.ts";

/** The items of `each` steps, a row each, whether they have a run yet or not. */
export const itemSchema = ({ table, text, integer, json, index, primaryKey }: Columns) => ({
  items: table(
    "items",
    {
      runId: text().notNull(),
      stepId: text().notNull(),
      round: integer().notNull(),
      position: integer().notNull(),
      key: text().notNull(),
      title: text().notNull(),
      input: json<unknown>(),
      wave: integer().notNull(),
      /** That of its run, kept with each change of that one. */
      state: text<ItemState>().notNull(),
      childId: text(),
      error: text(),
    },
    (item) => [
      primaryKey({ columns: [item.runId, item.stepId, item.round, item.position] }),
      // Counts and pages go by it alone.
      index("items_state").on(item.runId, item.stepId, item.round, item.state, item.position),
    ],
  ),
});
