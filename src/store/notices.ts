import { eq, gte, sql } from "drizzle-orm";
import type { Event } from "#core/event.ts";
import { type Notice, noticesOf } from "#core/notice.ts";
import type { Db } from "./dialect.ts";
import type { RunRows } from "./held-runs.ts";
import type { Schema } from "./schema.ts";
import { both, exec, preparedWhenUsed, type Tx } from "./tx.ts";

/** The connection by which everybody whose address is known is reached, whether or not they added a channel. */
export const mailKind = "smtp";

/** Every statement that a run's commit needs to say what people are to be told. */
export const prepareNotices = (db: Db, { channels, connections, notices }: Schema) => {
  const ph = sql.placeholder;
  const row = {
    runId: ph("runId"),
    n: ph("n"),
    kind: ph("kind"),
    stepId: ph("stepId"),
    asked: ph("asked"),
    by: ph("by"),
    at: ph("at"),
  } as unknown as typeof notices.$inferInsert;
  return preparedWhenUsed({
    channel: () =>
      db.select({ id: channels.id }).from(channels).where(gte(channels.id, "")).limit(1).prepare(),
    mail: () =>
      db
        .select({ id: connections.id })
        .from(connections)
        .where(eq(connections.kind, mailKind))
        .limit(1)
        .prepare(),
    insert: () => db.insert(notices).values(row).prepare(),
  });
};

export type NoticeStatements = ReturnType<typeof prepareNotices>;

/** What of a commit people may be told; nothing where there is no way to tell anybody. */
export function* noticesFor(
  n: NoticeStatements,
  events: readonly Event[],
  before: RunRows,
  after: RunRows,
): Tx<readonly Notice[]> {
  const made = noticesOf(events, { ...before, run: before.row }, { ...after, run: after.row });
  if (made.length === 0) return made;
  const [channels, mail] = yield* both(n.channel, n.mail);
  return channels.length === 0 && mail.length === 0 ? [] : made;
}

/** Writes them with the commit. */
export function* putNotices(n: NoticeStatements, made: readonly Notice[]): Tx<void> {
  for (const one of made) yield* exec(n.insert, { ...one });
}
