import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Crawl } from "#core/crawl.ts";
import type { CrawlJournal, JournalJob, JournalPiece } from "#core/crawl-journal.ts";
import { AppError } from "#core/errors.ts";
import { pagesSum, piecesOf } from "./crawl-finds.ts";
import { createCrawlRecords, usualLimits } from "./crawl-records.ts";
import { type Db, openDatabase } from "./database.ts";
import { createSharedCrawls } from "./shared-crawls.ts";

/** A crawl that went from one place to another, with what its pages are at both. */
export interface MovedCrawl {
  url: string;
  analysis: string;
  pages: number;
  sha256: string;
}

interface Kept {
  id: number;
  key: string | null;
  url: string;
  state: Crawl["state"];
  project: string;
  analysis: string;
  options: string;
  /** The number of its analysis. */
  pagesAt: number;
  launchedAt: string;
  finishedAt: string | null;
  pages: number;
}

const piecesAtOnce = 20;

/**
 * Brings the crawls that a folder keeps into the journal that all processes share, and reads them back; then the folder is set aside. May be done
 * again after it was cut off. Throws AppError("conflict") where a crawl did not become what it was, and what the journal throws.
 */
export const takeCrawlsIn = async (
  folder: string,
  journal: CrawlJournal,
  aside: string,
): Promise<MovedCrawl[]> => {
  if (!existsSync(join(folder, "botify.sqlite"))) return [];
  const moved: MovedCrawl[] = [];
  const db = openDatabase(folder);
  try {
    const own = createCrawlRecords(db, Date.now);
    for (const kept of crawlsIn(db)) {
      const { pagesAt, options, launchedAt, finishedAt, ...crawl } = kept;
      const begunAt = Date.parse(launchedAt);
      const isOver = crawl.state !== "running" && crawl.state !== "paused";
      const was = pagesSum();
      const number = await journal.takeIn(
        {
          ...crawl,
          limits: { ...usualLimits, ...JSON.parse(options) },
          told: own.get(crawl.id),
          begunAt,
          endedAt: isOver ? Date.parse(finishedAt ?? launchedAt) : null,
          isHeld: false,
        },
        counted(piecesOf(db, crawl.id, pagesAt), was.add),
      );
      if (number === null) continue;
      moved.push(proven(crawl, was.sum(), await sumIn(journal, number)));
    }
    await journal.takeInJobs(jobsIn(db));
  } finally {
    db.close();
  }
  mkdirSync(dirname(aside), { recursive: true, mode: 0o700 });
  if (existsSync(folder)) renameSync(folder, aside);
  return moved;
};

/**
 * The way back: makes a folder, which is not there yet, of all crawls in the journal; those that were under way go on from there. Throws as
 * `takeCrawlsIn` does.
 */
export const takeCrawlsBack = async (journal: CrawlJournal, folder: string): Promise<MovedCrawl[]> => {
  const all = await journal.all();
  if (all.length === 0) return [];
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const db = openDatabase(part);
  const moved: MovedCrawl[] = [];
  try {
    const own = createCrawlRecords(db, Date.now);
    const shared = createSharedCrawls(db, own, journal);
    await shared.list();
    for (const { id, key, state, project, analysis, told } of all) {
      if (state === "done") await shared.bring(project, analysis);
      else if (state === "failed" || state === "cancelled")
        own.end(id, state, told?.error ?? "", told?.tryInstead ?? undefined);
      else {
        await shared.records.progress(id);
        own.setState(id, state);
      }
      db.prepare("UPDATE crawls SET key = ? WHERE id = ?").run(key, id);
    }
    // Jobs are not done again, and a number that somebody may still ask for is not given to another one.
    const [newest] = await journal.jobs();
    db.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('jobs', ?)").run(newest?.id ?? 0);
    for (const { pagesAt, ...crawl } of crawlsIn(db)) {
      const is = pagesSum();
      for (const { finds } of piecesOf(db, crawl.id, pagesAt)) is.add(finds);
      moved.push(proven(crawl, await sumIn(journal, crawl.id), is.sum()));
    }
  } finally {
    db.close();
  }
  renameSync(part, folder);
  return moved;
};

const crawlsIn = (db: Db): Kept[] =>
  db
    .prepare(
      `SELECT c.id, key, c.url, state, c.project, c.analysis, options, a.id AS pagesAt, launched_at AS launchedAt,
       finished_at AS finishedAt, (SELECT count(*) FROM pages WHERE analysis_id = a.id) AS pages
       FROM crawls c JOIN analyses a ON a.project = c.project AND a.slug = c.analysis ORDER BY c.id`,
    )
    .all() as Kept[];

const jobsIn = (db: Db): JournalJob[] =>
  db.prepare("SELECT id, body, created_at AS createdAt FROM jobs ORDER BY id").all() as JournalJob[];

/** Its first piece is there at once: of many pages it takes its time, and no transaction waits for that. */
const counted = (
  pieces: Iterator<JournalPiece>,
  count: (finds: JournalPiece["finds"]) => void,
): Iterable<JournalPiece> => {
  const first = pieces.next();
  return (function* () {
    for (let next = first; next.done !== true; next = pieces.next()) {
      count(next.value.finds);
      yield next.value;
    }
  })();
};

type Sum = Pick<MovedCrawl, "pages" | "sha256">;

const sumIn = async (journal: CrawlJournal, id: number): Promise<Sum> => {
  const sum = pagesSum();
  for (let after = 0; ; ) {
    const pieces = await journal.pieces(id, after, piecesAtOnce);
    for (const { finds } of pieces) sum.add(finds);
    const last = pieces.at(-1)?.last;
    if (last === undefined) return sum.sum();
    after = last;
  }
};

const proven = ({ url, analysis }: Pick<Kept, "url" | "analysis">, was: Sum, is: Sum): MovedCrawl => {
  if (was.pages === is.pages && was.sha256 === is.sha256) return { url, analysis, ...is };
  throw new AppError(
    "conflict",
    `The crawl ${analysis} of ${url} did not become what it was: ${is.pages} pages of ${was.pages} came. What was there before is kept as it was.`,
  );
};
