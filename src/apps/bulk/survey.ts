import Database from "better-sqlite3";
import { z } from "zod";
import { placesOf, type Sheet, type SheetColumn, saidIn } from "#apps/plan/sheet.ts";
import { AppError } from "#core/errors.ts";
import { type CsvSource, type FileLooked, linesOf } from "./csv-file.ts";
import { relate } from "./relate.ts";

/** A file of rows, what it is called, and what was found by reading it. */
export interface Titled {
  title: string;
  source: CsvSource;
  looked: FileLooked;
}

const mostColumns = 60;
/** So many values tell what a column holds, beside one for each way in which its cells are written. */
const mostLooked = 1_000;
/** Of a column with more values, they are no choice between a few. */
const mostValues = 8;

/** What files of rows hold and how they belong together, whatever their size: they are compared in a database that goes with it. Throws AppError("bad-input"). */
export const survey = async (
  files: readonly Titled[],
  tell: (rows: number) => void = () => undefined,
): Promise<Sheet[]> => {
  const db = new Database("");
  try {
    const sheets: Sheet[] = [];
    for (const [at, file] of files.entries()) sheets.push(await surveyed(db, `s${at}`, file, tell));
    return relate(db, sheets);
  } finally {
    db.close();
  }
};

const surveyed = async (
  db: Database.Database,
  table: string,
  { title, source, looked }: Titled,
  tell: (rows: number) => void,
): Promise<Sheet> => {
  const { heading, rows, above, kinds, layout } = looked;
  const refused = (sentence: string) => new AppError("bad-input", sentence);
  if (rows === 0) throw refused(`“${title}” has no rows below its headings.`);
  const places = placesOf(heading, (at) => (kinds[at] ?? []).some((cell) => cell.trim() !== ""));
  if (places.length === 0) throw refused(`“${title}” has no columns.`);
  if (places.length > mostColumns)
    throw refused(`“${title}” has ${places.length} columns, and a table has at most ${mostColumns}.`);
  db.exec(`CREATE TABLE ${table} (${places.map(({ at }) => `c${at} TEXT`).join(", ")})`);
  const add = db.prepare(`INSERT INTO ${table} VALUES (${places.map(() => "?").join(", ")})`);
  db.exec("BEGIN");
  let read = 0;
  for await (const { line, cells } of linesOf(source, layout)) {
    // No plan could take it, so it is told before one is looked at.
    if (cells.slice(heading.length).some((cell) => cell.trim() !== ""))
      throw refused(
        `Row ${line} of “${title}” has ${cells.length} cells, but there are ${heading.length} headings. A cell that holds what parts the cells has to stand in quotes. Correct the file; or make the app without this row and import it afterwards, when rows that do not fit are given back.`,
      );
    add.run(places.map(({ at }) => saidIn(cells[at])));
    read += 1;
    if (read % tellEvery === 0) tell(tellEvery);
  }
  tell(read % tellEvery);
  db.exec("COMMIT");
  return {
    ...{ title, rows, above },
    columns: places.map((place) => columnIn(db, table, place, { rows, kinds: kinds[place.at] ?? [] })),
  };
};

const tellEvery = 1_000;

const facts = z.object({ filled: z.number(), distinct: z.number(), isLong: z.number().nullable() });

const columnIn = (
  db: Database.Database,
  table: string,
  place: Pick<SheetColumn, "at" | "heading" | "name">,
  { rows, kinds }: { rows: number; kinds: readonly string[] },
): SheetColumn => {
  const cell = `c${place.at}`;
  const { filled, distinct, isLong } = facts.parse(
    db
      .prepare(
        `SELECT count(${cell}) filled, count(DISTINCT ${cell}) "distinct", max(length(${cell}) > 120 OR instr(${cell}, char(10)) > 0) isLong FROM ${table}`,
      )
      .get(),
  );
  const first = z
    .array(z.string())
    .parse(
      db
        .prepare(
          `SELECT ${cell} FROM ${table} WHERE ${cell} IS NOT NULL GROUP BY ${cell} ORDER BY min(rowid) LIMIT ${mostLooked}`,
        )
        .pluck()
        .all(),
    );
  const ways = kinds.map(saidIn).filter((one) => one !== null);
  return {
    ...place,
    filled,
    cells: [...new Set([...first, ...ways])],
    values: distinct <= mostValues ? first : null,
    isUnique: filled === rows && distinct === rows,
    isLong: isLong === 1,
    ...{ refersTo: null, doubt: null },
  };
};
