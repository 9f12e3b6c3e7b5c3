import { DatabaseError } from "pg";
import { plural } from "#core/plural.ts";
import type { Plain, PlainRow } from "#store/plain.ts";

/** What is wrong with the crawls that a PostgreSQL keeps, a sentence each, and how many there are. Every piece of them is read. */
export const crawlFaults = async (plain: Plain): Promise<{ crawls: number; faults: string[] }> => {
  const [schema] = await plain.rows("SELECT to_regclass('milepost_crawls.pieces')::text AS pieces");
  if (schema?.pieces == null) return { crawls: 0, faults: [] };
  const found = await readPieces(plain);
  if (typeof found === "string")
    return { crawls: 0, faults: [`The crawls in PostgreSQL cannot be read: ${found}.`] };
  const faults = found.flatMap(({ url, analysis, state, pages, kept }) =>
    state === "failed" || state === "cancelled" || pages === Number(kept)
      ? []
      : [`Of the crawl ${analysis} of ${url} ${plural(Number(kept), "page")} are there instead of ${pages}.`],
  );
  return { crawls: found.length, faults };
};

/** Or what PostgreSQL says where its files are damaged (its manual, appendix A: class XX). */
const readPieces = async (plain: Plain): Promise<PlainRow[] | string> => {
  try {
    return await plain.rows(
      `SELECT url, analysis, state, pages, coalesce(kept, 0) AS kept FROM milepost_crawls.crawls
       LEFT JOIN (SELECT crawl, max(last) AS kept FROM milepost_crawls.pieces WHERE md5(finds) <> '' GROUP BY crawl) AS p ON crawl = id ORDER BY id`,
    );
  } catch (error) {
    if (error instanceof DatabaseError && error.code?.startsWith("XX")) return error.message;
    throw error;
  }
};
