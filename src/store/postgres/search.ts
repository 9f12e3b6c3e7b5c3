import { and, type Column, or, type SQL, sql } from "drizzle-orm";
import { bigint, pgTable, text } from "drizzle-orm/pg-core";
import type { Search } from "#store/dialect.ts";
import { searchWords } from "#store/search-words.ts";

/** What is over, by its words and its places, kept by triggers: made by a migration, with an index of trigrams over both, and one of what is shorter. */
const searchTable = (name: string) =>
  pgTable(name, { seq: bigint({ mode: "number" }).notNull(), found: text("words").notNull() });

const places = (table: ReturnType<typeof searchTable>) => sql`${table}.place`;

/** As SQLite's, in PostgreSQL's own words. */
export const search = {
  runs: searchTable("run_search"),
  exports: searchTable("export_search"),
  matches: (table: ReturnType<typeof searchTable>, sought: Parameters<Search["matches"]>[1]): SQL =>
    and(
      ...searchWords(sought.words).map((word) => hasWord(table, word.toLowerCase())),
      ...sought.places.map((group) =>
        or(...group.map((place) => sql`${places(table)} like ${`%/${escaped(place)}/%`}`)),
      ),
    ) ?? sql`true`,
  holds: (columns: readonly (Column | SQL)[], words: string): SQL | undefined => {
    const text = sql`lower(${sql.join([...columns], sql` || chr(10) || `)} collate "und-x-icu")`;
    return and(...searchWords(words).map((word) => sql`position(${word.toLowerCase()} in ${text}) > 0`));
  },
};

/** Trigrams know no word of less than three characters; those are looked up among all that short. */
const hasWord = (table: ReturnType<typeof searchTable>, word: string): SQL =>
  [...word].length < 3
    ? sql`${table}.short @> array[${word}]`
    : sql`${table.found} like ${`%${escaped(word)}%`}`;

const escaped = (text: string): string => text.replace(/[\\%_]/g, "\\$&");
