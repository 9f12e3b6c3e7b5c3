import { z } from "zod";
import { asker } from "./asker.ts";
import type { Clock } from "./clock.ts";
import { prepared } from "./database.ts";
import { Refusal } from "./refusal.ts";
import type { AppData } from "./rows.ts";
import type { Value } from "./value.ts";

const table = `"_history"`;
export const historyColumns = {
  ...({ seq: "seq", at: "text", by: "text", kind: "text", table: "text", row: "text" } as const),
  ...({ name: "text", before: "text", after: "text" } as const),
};
const values = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const texts = z.preprocess((text) => JSON.parse(String(text)), values);
const entry = z.object({
  seq: z.number(),
  at: z.string(),
  by: z.string(),
  kind: z.enum(["added", "changed", "deleted", "restored"]),
  table: z.string(),
  row: z.string(),
  name: z.string(),
  before: texts,
  after: texts,
});

/** One thing that somebody did to a row: who (""; nobody knows), when (ISO 8601, UTC), and what it said before and after, by column. */
export type HistoryEntry = z.infer<typeof entry>;

/** What was deleted can be brought back for so long. */
export const binDays = 30;
const mostOfARow = 100;
const mostInBin = 500;

/** Keeps what is done to a row, inside the change's own transaction. */
export const note = (
  { db, clock }: AppData & { clock: Clock },
  kind: HistoryEntry["kind"],
  row: { table: string; id: string; name: string },
  { before = {}, after = {} }: { before?: Record<string, Value>; after?: Record<string, Value> } = {},
): void => {
  // Apps that were made before there was a history get theirs with the first change.
  if (!isThere({ db }))
    db.exec(`${db.dialect.ownTableSql(table, historyColumns, [])};
      CREATE INDEX "_history.row" ON ${table} (row, seq); CREATE INDEX "_history.kind" ON ${table} (kind, at)`);
  const now = clock.now();
  prepared(
    db,
    `INSERT INTO ${table} (at, by, kind, "table", row, name, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    ...[new Date(now).toISOString(), asker().name, kind, row.table, row.id, row.name],
    ...[JSON.stringify(before), JSON.stringify(after)],
  );
  if (kind === "deleted") forget(db, new Date(now - binDays * 86_400_000).toISOString());
};

/** Of rows that were deleted long ago nothing stays. */
const forget = (db: AppData["db"], since: string): void => {
  prepared(
    db,
    `DELETE FROM ${table} WHERE row IN (SELECT row FROM ${table} WHERE kind = 'deleted' AND at < ?)
       AND row NOT IN (SELECT row FROM ${table} WHERE at >= ?)`,
  ).run(since, since);
};

/** What was done to a row, the newest first. */
export const historyOf = ({ db }: Pick<AppData, "db">, name: string, id: string): HistoryEntry[] =>
  isThere({ db })
    ? entriesIn(
        prepared(
          db,
          `SELECT * FROM ${table} WHERE row = ? AND "table" = ? ORDER BY seq DESC LIMIT ${mostOfARow}`,
        ).all(id, name),
      )
    : [];

/** The rows that can be brought back, those that were deleted last first. */
export const binOf = ({ db, schema }: AppData): HistoryEntry[] =>
  isThere({ db })
    ? entriesIn(
        prepared(
          db,
          `SELECT * FROM ${table} h WHERE kind = 'deleted'
             AND NOT EXISTS (SELECT 1 FROM ${table} o WHERE o.row = h.row AND o.seq > h.seq) ORDER BY seq DESC LIMIT ${mostInBin}`,
        ).all(),
      ).filter((one) => Object.hasOwn(schema.tables, one.table))
    : [];

/** What is in the bin under a number. Throws Refusal("not-found"). */
export const inBin = (data: AppData, seq: number): HistoryEntry => {
  const found = binOf(data).find((one) => one.seq === seq);
  if (found !== undefined) return found;
  throw new Refusal("not-found", "This is not in the bin any more. It may have been brought back.");
};

const isThere = ({ db }: Pick<AppData, "db">): boolean => db.dialect.isThere(db, "_history");

const entriesIn = (rows: unknown): HistoryEntry[] => z.array(entry).parse(rows);

/** Takes what was done out of a copy that is handed to others. */
export const withoutHistory = (db: AppData["db"]): void => {
  db.exec(`DROP TABLE IF EXISTS ${table}`);
};

/** The values of a row that a change takes over: those that are another than before. */
export const differing = (
  before: Readonly<Record<string, Value>>,
  after: Readonly<Record<string, Value>>,
): { before: Record<string, Value>; after: Record<string, Value> } => {
  const ids = Object.keys(after).filter((id) => before[id] !== after[id]);
  const only = (all: Readonly<Record<string, Value>>) =>
    Object.fromEntries(ids.map((id) => [id, all[id] ?? null]));
  return { before: only(before), after: only(after) };
};
