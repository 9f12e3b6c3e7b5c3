import type { TriggerKind } from "#core/cause.ts";
import type { Becoming, Trigger, When } from "#core/trigger.ts";
import type { Columns } from "./dialect.ts";

/** What starts runs by itself, and what became of each time it would have. */
export const triggerSchema = ({
  table,
  text,
  integer,
  instant,
  boolean,
  json,
  index,
  uniqueIndex,
  primaryKey,
}: Columns) => ({
  triggers: table(
    "triggers",
    {
      id: text().primaryKey(),
      name: text().notNull(),
      kind: text<TriggerKind>().notNull(),
      workflowId: text().notNull(),
      /** The workflow whose runs it follows. */
      follows: text(),
      mode: text<Trigger["mode"]>().notNull(),
      values: json<Trigger["values"]>().notNull(),
      former: json<Trigger["former"]>(),
      secrets: json<Trigger["secrets"]>(),
      when: json<When>().notNull(),
      proof: json<Trigger["proof"]>(),
      formerUntil: instant(),
      makerId: text().notNull(),
      madeAt: instant().notNull(),
      since: instant().notNull(),
      pauseAfter: integer(),
      paused: json<Trigger["paused"]>(),
      decided: instant(),
      nextAt: instant(),
      revision: integer().notNull(),
      fired: integer().notNull(),
    },
    (row) => [uniqueIndex("triggers_name").on(row.name), index("triggers_follows").on(row.follows)],
  ),
  firings: table(
    "firings",
    {
      triggerId: text().notNull(),
      key: text().notNull(),
      n: integer().notNull(),
      at: instant().notNull(),
      became: text<Becoming>().notNull(),
      /** It became a run or was refused. */
      isOutcome: boolean().notNull(),
      because: text(),
      runId: text(),
      dueAt: instant(),
      afterRunId: text(),
      body: text(),
      asked: text().notNull(),
    },
    (row) => [
      primaryKey({ columns: [row.triggerId, row.key] }),
      uniqueIndex("firings_number").on(row.triggerId, row.n),
      index("firings_outcomes").on(row.triggerId, row.isOutcome, row.n),
      index("firings_queued").on(row.became, row.at),
    ],
  ),
});
