import { type Column, or, type SQL, sql } from "drizzle-orm";

/** True where one of the columns holds the words, whatever their case; undefined when nothing is looked for. */
export const holds = (columns: readonly Column[], words: string | undefined): SQL | undefined => {
  if (words === undefined || words === "") return undefined;
  const pattern = `%${words.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  return or(...columns.map((column) => sql`lower(${column}) like ${pattern} escape '\\'`));
};
