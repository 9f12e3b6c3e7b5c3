import { sql } from "drizzle-orm";

/** So many runs are read by one statement. */
const names = Array.from({ length: 50 }, (_, place) => `id${place}`);

/** The places for the ids in a statement that reads several runs. */
export const idsOfMany = names.map((name) => sql.placeholder(name));

/** What such a statement is to be asked, as often as it takes, to read these. */
export const inMany = (ids: readonly string[]): Record<string, string>[] =>
  Array.from({ length: Math.ceil(ids.length / names.length) }, (_, n) =>
    // No run is called so.
    Object.fromEntries(names.map((name, place) => [name, ids[n * names.length + place] ?? ""])),
  );
