import type { QueryResultRow } from "pg";
import type { Crawl } from "#core/crawl.ts";
import type { CrawlJournal, JournalCrawl, JournalJob } from "#core/crawl-journal.ts";
import { endLost } from "./lost-connections.ts";
import { plainError } from "./plain-error.ts";
import { openPool, within } from "./pool.ts";
import { inTurn, newNumber, packed, takeIn, unpacked } from "./take-crawl-in.ts";

/** Apart from our tables, because SQLite has none of them: there a crawl is kept by the one process that there is. */
const make = `
  CREATE SCHEMA IF NOT EXISTS milepost_crawls;
  CREATE TABLE IF NOT EXISTS milepost_crawls.crawls (
    id bigint PRIMARY KEY, key text UNIQUE, url text NOT NULL, project text NOT NULL, analysis text NOT NULL, limits text NOT NULL,
    state text NOT NULL, pages integer NOT NULL DEFAULT 0, told text, hold integer NOT NULL DEFAULT 0, held_until timestamptz,
    begun_at float8 NOT NULL, ended_at float8, UNIQUE (project, analysis));
  CREATE TABLE IF NOT EXISTS milepost_crawls.pieces (
    crawl bigint NOT NULL REFERENCES milepost_crawls.crawls (id) ON DELETE CASCADE, last integer NOT NULL, finds bytea NOT NULL,
    PRIMARY KEY (crawl, last));
  CREATE TABLE IF NOT EXISTS milepost_crawls.jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL, created_at float8 NOT NULL)`;

/** By the clock of the database, so that those of the processes need not agree. */
const holdFor = "clock_timestamp() + interval '10 s'";
const now = "extract(epoch FROM clock_timestamp()) * 1000";
const isHeld = "coalesce(held_until > clock_timestamp(), false)";
const columns = `id, key, url, project, analysis, limits, state, pages, told, begun_at AS "begunAt", ended_at AS "endedAt", ${isHeld} AS "isHeld"`;
const mostJobs = 500;
/** Nobody asks for the file of an older job. */
const keptForMs = 30 * 24 * 3_600_000;

/** Opens what all processes over this database have crawled, and makes its tables where they are not there. Throws AppError("store-busy"). */
export const openCrawlJournal = async (url: string): Promise<CrawlJournal> => {
  const pool = endLost(openPool(url), url);
  const ask = async (sql: string, values: readonly unknown[] = []): Promise<QueryResultRow[]> => {
    try {
      return (await pool.query(sql, [...values])).rows;
    } catch (error) {
      throw plainError(error);
    }
  };
  try {
    // Not the lock of migrations: whoever moves a database holds that, and moves its crawls as well.
    await within(pool, "BEGIN", ({ client }) => client.query(`${inTurn}; ${make}`));
  } catch (error) {
    await pool.end();
    throw plainError(error);
  }
  return {
    begin: async ({ url: start, project, key, ...limits }) => {
      const work = within(pool, "BEGIN", async ({ client }) => {
        await client.query(inTurn);
        await client.query(
          "UPDATE milepost_crawls.crawls SET key = NULL WHERE key = $1 AND state IN ('failed', 'cancelled')",
          [key],
        );
        const there = await client.query(`SELECT ${columns} FROM milepost_crawls.crawls WHERE key = $1`, [
          key,
        ]);
        if (there.rows[0] !== undefined) return there.rows[0];
        const begun = await client.query(
          `INSERT INTO milepost_crawls.crawls (id, key, url, project, analysis, limits, state, begun_at)
           SELECT ${newNumber}, $1, $2, $3, day || CASE count(analysis) WHEN 0 THEN '' ELSE '-' || count(analysis) + 1 END, $4, 'running', ${now}
           FROM to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD') AS day
           LEFT JOIN milepost_crawls.crawls ON project = $3 AND starts_with(analysis, day) GROUP BY day RETURNING ${columns}`,
          [key, start, project, JSON.stringify(limits)],
        );
        return begun.rows[0];
      });
      return crawlOf(
        await work.catch((error: unknown) => {
          throw plainError(error);
        }),
      );
    },
    get: async (id) => {
      const [found] = await ask(`SELECT ${columns} FROM milepost_crawls.crawls WHERE id = $1`, [id]);
      return found === undefined ? null : crawlOf(found);
    },
    all: async () =>
      (await ask(`SELECT ${columns} FROM milepost_crawls.crawls ORDER BY begun_at`)).map(crawlOf),
    take: async (id) => {
      const [taken] = await ask(
        `UPDATE milepost_crawls.crawls SET hold = hold + 1, held_until = ${holdFor} WHERE id = $1 AND NOT ${isHeld} RETURNING hold`,
        [id],
      );
      return taken === undefined ? null : Number(taken.hold);
    },
    beat: async (id, hold, told) => {
      const [held] = await ask(
        `UPDATE milepost_crawls.crawls SET held_until = ${holdFor}, told = coalesce($3, told) WHERE id = $1 AND hold = $2 RETURNING state`,
        [id, hold, told === null ? null : JSON.stringify(told)],
      );
      return held === undefined ? null : held.state;
    },
    release: async (id, hold) => {
      await ask("UPDATE milepost_crawls.crawls SET held_until = NULL WHERE id = $1 AND hold = $2", [
        id,
        hold,
      ]);
    },
    keep: async (id, hold, finds) => {
      const [held] = await ask(
        `WITH held AS (UPDATE milepost_crawls.crawls SET pages = pages + $3, held_until = ${holdFor} WHERE id = $1 AND hold = $2 RETURNING id, pages, state),
         kept AS (INSERT INTO milepost_crawls.pieces SELECT id, pages, $4 FROM held)
         SELECT state FROM held`,
        [id, hold, finds.length, packed(finds)],
      );
      return held === undefined ? null : held.state;
    },
    pieces: async (id, after, most) => {
      const found = await ask(
        "SELECT last, finds FROM milepost_crawls.pieces WHERE crawl = $1 AND last > $2 ORDER BY last LIMIT $3",
        [id, after, most],
      );
      return found.map(({ last, finds }) => ({
        last,
        finds: unpacked(finds),
      }));
    },
    setState: async (id, state) => {
      await ask(
        "UPDATE milepost_crawls.crawls SET state = $2 WHERE id = $1 AND state IN ('running', 'paused')",
        [id, state],
      );
    },
    end: async (id, hold, told) => {
      const ended = await ask(
        `WITH ended AS (UPDATE milepost_crawls.crawls SET state = $3, told = $4, ended_at = ${now}, held_until = NULL WHERE id = $1 AND hold = $2 RETURNING id),
         dropped AS (DELETE FROM milepost_crawls.pieces USING ended WHERE crawl = ended.id AND $3 <> 'done')
         SELECT id FROM ended`,
        [id, hold, told.state, JSON.stringify(told)],
      );
      return ended.length > 0;
    },
    takeIn: (crawl, pieces) =>
      within(pool, "BEGIN", ({ client }) => takeIn(client, crawl, pieces)).catch((error: unknown) => {
        throw plainError(error);
      }),
    takeInJobs: async (taken) => {
      await ask(
        `WITH taken AS (INSERT INTO milepost_crawls.jobs (id, body, created_at) OVERRIDING SYSTEM VALUE
           SELECT * FROM unnest($1::bigint[], $2::text[], $3::float8[]) ON CONFLICT DO NOTHING),
         next AS (SELECT nextval(pg_get_serial_sequence('milepost_crawls.jobs', 'id')) AS id)
         SELECT setval(pg_get_serial_sequence('milepost_crawls.jobs', 'id'), greatest(id, $4)) FROM next`,
        [
          taken.map(({ id }) => id),
          taken.map(({ body }) => body),
          taken.map(({ createdAt }) => createdAt),
          Math.max(0, ...taken.map(({ id }) => id)),
        ],
      );
    },
    addJob: async (body, at) => {
      const [added] = await ask(
        `WITH old AS (DELETE FROM milepost_crawls.jobs WHERE created_at < $2 - ${keptForMs})
         INSERT INTO milepost_crawls.jobs (body, created_at) VALUES ($1, $2) RETURNING id`,
        [body, at],
      );
      return Number(added?.id);
    },
    job: async (id) => (await ask(`${jobs} WHERE id = $1`, [id])).map(jobOf)[0] ?? null,
    jobs: async () => (await ask(`${jobs} ORDER BY id DESC LIMIT ${mostJobs}`)).map(jobOf),
    close: () => pool.end(),
  };
};

const jobs = `SELECT id, body, created_at AS "createdAt" FROM milepost_crawls.jobs`;

const jobOf = (row: QueryResultRow): JournalJob => ({
  id: Number(row.id),
  body: row.body,
  createdAt: row.createdAt,
});

const crawlOf = (row: QueryResultRow | undefined): JournalCrawl => {
  if (row === undefined) throw new Error("PostgreSQL gave no crawl back.");
  const { limits, told, ...rest } = row as Omit<JournalCrawl, "limits" | "told"> & {
    limits: string;
    told: string | null;
  };
  return {
    ...rest,
    id: Number(rest.id),
    limits: JSON.parse(limits),
    told: told === null ? null : (JSON.parse(told) as Crawl),
  };
};
