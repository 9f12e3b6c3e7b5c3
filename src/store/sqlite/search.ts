import { and, type Column, type SQL, sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { searchWords } from "#store/search-words.ts";

/**
 * A full-text table of what is over, kept by triggers: made by a migration, and no part of the schema that migrations are generated from.
 * What is under way changes too often for it, and is little enough to be looked through.
 */
const searchTable = (name: string) =>
  sqliteTable(name, { seq: integer("rowid").notNull(), found: text(name).notNull() });

/** What is looked for: all words, and of each group of places one. */
export interface Sought {
  words: string;
  places: readonly (readonly string[])[];
}

export const search = {
  runs: searchTable("run_search"),
  exports: searchTable("export_search"),
  /** True where the text has every word in it, whatever its case. */
  matches: (table: ReturnType<typeof searchTable>, sought: Sought): SQL =>
    sql`${table.found} match ${queryOf(sought)}`,
  /** The same, of rows that are looked through one by one. */
  holds: (columns: readonly (Column | SQL)[], words: string): SQL | undefined => {
    const text = sql`lower(${sql.join([...columns], sql` || char(10) || `)})`;
    return and(...searchWords(words).map((word) => sql`instr(${text}, ${word.toLowerCase()}) > 0`));
  },
};

/** What stands between the characters in the column for short words. */
const between = "\u001f";

/**
 * A query of FTS5 (sqlite.org/fts5.html). Its trigrams know no word of less than three characters. Such ones are looked up in a column
 * that has something between all characters, where one with its neighbours makes three again.
 */
const queryOf = ({ words, places }: Sought): string =>
  [
    ...searchWords(words).map((word) => {
      const [first = "", second, third] = [...word];
      if (third !== undefined) return `words : ${quoted(word)}`;
      const short = second === undefined ? between + first + between : first + between + second;
      return `short : ${quoted(short)}`;
    }),
    ...places.map((group) => `place : (${group.map((place) => quoted(`/${place}/`)).join(" OR ")})`),
  ].join(" AND ");

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
