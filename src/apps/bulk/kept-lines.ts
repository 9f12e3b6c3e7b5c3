import { z } from "zod";
import { prepared } from "#apps/runtime/database.ts";
import type { AppDatabase } from "#apps/runtime/dialect.ts";

/** What became of one line of a file: the row that it made or changed and how that was before, or what is wrong with it. */
export interface KeptLine {
  line: number;
  /** Null: nothing came of it. */
  row: string | null;
  /** The row's `updated_at` after it. */
  at: string | null;
  /** JSON: its values before; null where it is a new one. */
  before: string | null;
  /** JSON: the cells as they stood, and behind them what is wrong. */
  wrong: string | null;
}

const table = `"_import"`;
export const keptColumns = {
  ...({ run: "text", line: "number", row: "text?", at: "text?", before: "text?", wrong: "text?" } as const),
};
const kept = z.object({
  line: z.number(),
  row: z.string().nullable(),
  at: z.string().nullable(),
  before: z.string().nullable(),
  wrong: z.string().nullable(),
});

/** In the app's own database and in the commit of the rows themselves: an import that was cut off goes on behind its last line, and can be taken back. */
export const prepareKept = (db: AppDatabase): void => {
  db.exec(db.dialect.ownTableSql(table, keptColumns, ["run", "line"]));
};

export const keepLine = (db: AppDatabase, run: string, { line, row, at, before, wrong }: KeptLine): void => {
  prepared(db, `INSERT INTO ${table} (run, line, row, at, before, wrong) VALUES (?, ?, ?, ?, ?, ?)`).run(
    run,
    line,
    row,
    at,
    before,
    wrong,
  );
};

const counts = z.object({ last: z.number(), added: z.number(), changed: z.number(), wrong: z.number() });

/** How far the import of a run is: the last line that was dealt with, and what came of all. */
export const countKept = (db: AppDatabase, run: string): z.infer<typeof counts> =>
  counts.parse(
    prepared(
      db,
      `SELECT coalesce(max(line), 0) last, count(row) - count(before) added, count(before) changed, count(wrong) wrong FROM ${table} WHERE run = ?`,
    ).get(run),
  );

/** The lines of a run from which rows came, the last ones first. */
export const lastKept = (db: AppDatabase, run: string, limit: number): KeptLine[] =>
  z
    .array(kept)
    .parse(
      prepared(db, `SELECT * FROM ${table} WHERE run = ? AND row IS NOT NULL ORDER BY line DESC LIMIT ?`).all(
        run,
        limit,
      ),
    );

/** The lines of a run that are wrong, in their order: their cells, and behind them what is wrong. */
export function* wrongKept(db: AppDatabase, run: string): Generator<{ line: number; cells: string[] }> {
  const part = prepared(
    db,
    `SELECT line, wrong FROM ${table} WHERE run = ? AND wrong IS NOT NULL AND line > ? ORDER BY line LIMIT 500`,
  );
  for (let after = -1; ; ) {
    const lines = z.array(wrongLine).parse(part.all(run, after));
    for (const { line, wrong } of lines) {
      yield { line, cells: z.array(z.string()).parse(JSON.parse(wrong)) };
      after = line;
    }
    if (lines.length === 0) return;
  }
}

const wrongLine = z.object({ line: z.number(), wrong: z.string() });

export const forgetLine = (db: AppDatabase, run: string, line: number): void => {
  prepared(db, `DELETE FROM ${table} WHERE run = ? AND line = ?`).run(run, line);
};

/** The lines of a run that were wrong, too. */
export const forgetRun = (db: AppDatabase, run: string): void => {
  prepared(db, `DELETE FROM ${table} WHERE run = ?`).run(run);
};

/** Whether a run has kept anything in this database. */
export const hasKept = (db: AppDatabase): boolean => db.dialect.isThere(db, "_import");

/** Takes what was imported out of a copy that is handed to others. */
export const withoutKept = (db: AppDatabase): void => {
  db.exec(`DROP TABLE IF EXISTS ${table}`);
};
