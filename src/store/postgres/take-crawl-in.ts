import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { ClientBase } from "pg";
import type { CrawlFind } from "#core/crawl.ts";
import type { JournalCrawl, JournalPiece } from "#core/crawl-journal.ts";

/** Numbers and names of crawls are given by one process at a time. */
export const inTurn = "SELECT pg_advisory_xact_lock(hashtextextended('milepost_crawls', 0))";
/** Larger than any number that a process gave to a crawl of its own, and none that another database gave. */
export const newNumber = "(1e12 + floor(random() * 1e15))::bigint";

export const packed = (finds: readonly CrawlFind[]): Buffer =>
  deflateRawSync(JSON.stringify(finds), { level: 1 });

export const unpacked = (finds: Buffer): CrawlFind[] => JSON.parse(inflateRawSync(finds).toString("utf8"));

/** See `CrawlJournal.takeIn`; within a transaction. */
export const takeIn = async (
  client: ClientBase,
  crawl: JournalCrawl,
  pieces: Iterable<JournalPiece>,
): Promise<number | null> => {
  const { id, key, url, project, limits, state, pages, begunAt, endedAt } = crawl;
  await client.query(inTurn);
  const there = await client.query(
    // Elsewhere times are whole milliseconds.
    "SELECT FROM milepost_crawls.crawls WHERE url = $1 AND project = $2 AND floor(begun_at) = floor($3::float8)",
    [url, project, begunAt],
  );
  if (there.rows.length > 0) return null;
  const taken = await client.query(
    `SELECT array(SELECT analysis FROM milepost_crawls.crawls WHERE project = $2) AS analyses,
     CASE WHEN EXISTS (SELECT FROM milepost_crawls.crawls WHERE id = $1) THEN ${newNumber} ELSE $1 END AS id`,
    [id, project],
  );
  const number = Number(taken.rows[0]?.id);
  const analysis = freeName(crawl.analysis, new Set<string>(taken.rows[0]?.analyses));
  const told = crawl.told === null ? null : JSON.stringify({ ...crawl.told, id: number, analysis });
  await client.query(
    `INSERT INTO milepost_crawls.crawls (id, key, url, project, analysis, limits, state, pages, told, begun_at, ended_at)
     VALUES ($1, (SELECT $2::text WHERE NOT EXISTS (SELECT FROM milepost_crawls.crawls WHERE key = $2)), $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [number, key, url, project, analysis, JSON.stringify(limits), state, pages, told, begunAt, endedAt],
  );
  for (const { last, finds } of pieces)
    await client.query("INSERT INTO milepost_crawls.pieces VALUES ($1, $2, $3)", [
      number,
      last,
      packed(finds),
    ]);
  return number;
};

/** "20240301", or "20240301-2" where there is one of that name. */
const freeName = (name: string, taken: ReadonlySet<string>): string => {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return free;
};
