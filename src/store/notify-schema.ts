import { isNotNull } from "drizzle-orm";
import type { Notice } from "#core/notice.ts";
import type { Channel, DeliveryState, MessageKind, TellingPreferences } from "#core/notify.ts";
import type { Columns } from "./dialect.ts";

/** How people are reached, what they are to be told, and what became of it. */
export const notifySchema = ({
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
  channels: table(
    "channels",
    {
      id: text().primaryKey(),
      personId: text().notNull(),
      kind: text().notNull(),
      name: text().notNull(),
      connectionId: text(),
      account: text(),
      values: json<Channel["values"]>().notNull(),
      sealed: text().notNull(),
      wants: json<Channel["wants"]>().notNull(),
      state: text<Channel["state"]>().notNull(),
      because: text(),
      createdAt: instant().notNull(),
      changedAt: instant().notNull(),
      lastTest: json<Channel["lastTest"]>(),
    },
    (row) => [
      uniqueIndex("channels_account").on(row.kind, row.account).where(isNotNull(row.account)),
      index("channels_person").on(row.personId),
    ],
  ),
  /** What of runs is still to become deliveries. */
  notices: table(
    "notices",
    {
      runId: text().notNull(),
      n: integer().notNull(),
      kind: text<Notice["kind"]>().notNull(),
      stepId: text(),
      asked: instant(),
      by: text(),
      at: instant().notNull(),
    },
    (row) => [primaryKey({ columns: [row.runId, row.n] }), index("notices_age").on(row.at, row.runId, row.n)],
  ),
  deliveries: table(
    "deliveries",
    {
      id: text().primaryKey(),
      key: text().notNull(),
      runId: text(),
      n: integer().notNull(),
      stepId: text(),
      asked: instant(),
      personId: text().notNull(),
      channelId: text().notNull(),
      kind: text<MessageKind>().notNull(),
      state: text<DeliveryState>().notNull(),
      attempts: integer().notNull(),
      nextAt: instant(),
      remote: text(),
      shown: text(),
      because: text(),
      createdAt: instant().notNull(),
      sentAt: instant(),
    },
    (row) => [
      uniqueIndex("deliveries_key").on(row.key),
      index("deliveries_due").on(row.nextAt, row.id).where(isNotNull(row.nextAt)),
      index("deliveries_run").on(row.runId, row.id),
      index("deliveries_person").on(row.personId, row.id),
      index("deliveries_person_state").on(row.personId, row.state, row.id),
      index("deliveries_shown").on(row.channelId, row.remote, row.id),
      index("deliveries_state").on(row.state, row.id),
      index("deliveries_kind").on(row.state, row.kind, row.id),
    ],
  ),
  preferences: table("preferences", {
    personId: text().primaryKey(),
    said: json<TellingPreferences>().notNull(),
  }),
  /** Runs of which somebody wants to be told, or not to be. */
  bells: table(
    "bells",
    { runId: text().notNull(), personId: text().notNull(), rings: boolean().notNull() },
    (row) => [primaryKey({ columns: [row.runId, row.personId] })],
  ),
});
