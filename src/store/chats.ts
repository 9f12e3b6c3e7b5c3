import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { ChatTable } from "#core/chat.ts";
import type { SqlDeps } from "./sql-deps.ts";
import { exec, one, rows } from "./tx.ts";

/** Conversations, each a row. */
export const chatTable = ({ db, schema: { chats }, tx }: SqlDeps): ChatTable => ({
  get: (id) => tx.read(() => one(db.select().from(chats).where(eq(chats.id, id)))),
  beginning: (prefix, limit) =>
    tx.read(() =>
      rows(
        db
          .select()
          .from(chats)
          .where(and(gte(chats.id, prefix), lt(chats.id, `${prefix}\uffff`)))
          .orderBy(asc(chats.id))
          .limit(limit),
      ),
    ),
  put: (chat) =>
    tx.write(function* () {
      yield* exec(db.delete(chats).where(eq(chats.id, chat.id)));
      yield* exec(db.insert(chats).values(chat));
    }),
});
