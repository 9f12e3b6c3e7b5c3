import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import type { Crawl, CrawlHolds, CrawlRecords, SoonRecords } from "#core/crawl.ts";
import type { CrawlJournal, JournalCrawl } from "#core/crawl-journal.ts";
import { AppError } from "#core/errors.ts";
import { sandboxOrg } from "./analyses.ts";
import { addressesLeft } from "./crawl-records.ts";
import type { Db } from "./database.ts";

export interface SharedCrawls {
  records: SoonRecords;
  holds: CrawlHolds;
  /** From when this resolves all crawls are listed here as they are. */
  list(): Promise<void>;
  /** From when this resolves the pages of a crawl that is done are here too. */
  bring(project: string, analysis: string): Promise<void>;
}

/** A hold lasts ten seconds. */
const beatMs = 1_000;
const restLooksMs = 250;
const restWithinMs = 20_000;
/** Some megabytes. */
const piecesAtOnce = 20;
const mostLines = 500;

interface Hold {
  number: number;
  /** Takes in the state that the crawl is wanted in, or null where the hold is lost. */
  hear(wanted: JournalCrawl["state"] | null): void;
  beating: NodeJS.Timeout;
}

const lost = () => new AppError("conflict", "Another process makes this crawl go on.");

/**
 * Crawls that several processes share: what was found is kept in their journal first, and in the tables of this process as far as it is needed
 * here, to go on from or to be exported. Whatever is in these tables can be had from the journal again.
 */
export const createSharedCrawls = (db: Db, own: CrawlRecords, journal: CrawlJournal): SharedCrawls => {
  const held = new Map<number, Hold>();
  const coming = new Map<number, Promise<void>>();

  const must = async (id: number): Promise<JournalCrawl> => {
    const found = await journal.get(id);
    if (found === null) throw new AppError("not-found", "The crawler does not know this crawl any more.");
    return found;
  };
  const state = db.prepare("SELECT state FROM crawls WHERE id = ?").pluck();
  /** Whether all of its pages are here, and measured. */
  const isWhole = (id: number): boolean => state.get(id) === "done";

  const enter = db.transaction(({ id, url, project, analysis, limits, begunAt }: JournalCrawl) => {
    const begun = new Date(begunAt).toISOString();
    db.prepare(
      `INSERT OR IGNORE INTO analyses (org, project, slug, name, url, status, launched_at, urls_done)
       VALUES (?, ?, ?, ?, ?, 'processing', ?, 0)`,
    ).run(sandboxOrg, project, analysis, `Crawl of ${project}`, url, begun);
    db.prepare(
      `INSERT OR IGNORE INTO crawls (id, url, state, pages_done, pages_known, project, analysis, options)
       VALUES (?, ?, 'running', 0, 1, ?, ?, ?)`,
    ).run(id, url, project, analysis, JSON.stringify(limits));
    db.prepare("INSERT OR IGNORE INTO crawl_urls (crawl_id, url, depth, done) VALUES (?, ?, 0, 0)").run(
      id,
      url,
    );
  });
  const known = new Map<number, JournalCrawl["state"]>();
  /** As it is listed, also while its pages are not here. */
  const listed = (crawl: JournalCrawl) => {
    if (known.get(crawl.id) === crawl.state) return;
    enter(crawl);
    known.set(crawl.id, crawl.state);
    if (crawl.endedAt === null || crawl.told === null) return;
    db.prepare(
      `UPDATE analyses SET status = ?, finished_at = ?, urls_done = ?, urls_in_queue = ? WHERE org = ? AND project = ? AND slug = ?`,
    ).run(
      crawl.state === "done" ? "success" : "failed",
      new Date(crawl.endedAt).toISOString(),
      ...[crawl.pages, addressesLeft(crawl.told)],
      ...[sandboxOrg, crawl.project, crawl.analysis],
    );
  };

  const fetchPieces = async (crawl: JournalCrawl): Promise<void> => {
    enter(crawl);
    const { id } = crawl;
    let done = own.get(id)?.pagesDone ?? 0;
    for (;;) {
      const pieces = await journal.pieces(id, done, piecesAtOnce);
      if (pieces.length === 0) return;
      for (const { last, finds } of pieces) {
        own.keep(id, finds.slice(Math.max(0, finds.length - (last - done))));
        done = last;
        await nextTurn();
      }
    }
  };
  const bringAll = async (id: number): Promise<void> => {
    const crawl = await must(id);
    if (isWhole(id)) return;
    await fetchPieces(crawl);
    if (crawl.state !== "done") return;
    await (crawl.told?.stopped === true ? own.stop(id) : own.finish(id));
    known.delete(id);
    listed(crawl);
  };
  /** One at a time for each crawl. */
  const bring = (id: number): Promise<void> => {
    const now = coming.get(id) ?? bringAll(id).finally(() => coming.delete(id));
    coming.set(id, now);
    return now;
  };

  const release = async (id: number): Promise<void> => {
    const hold = held.get(id);
    if (hold === undefined) return;
    clearInterval(hold.beating);
    held.delete(id);
    await journal.release(id, hold.number);
  };
  const take: CrawlHolds["take"] = async (id, hear) => {
    const number = await journal.take(id);
    if (number === null) return false;
    let told = "";
    const heard: Hold["hear"] = (wanted) => {
      if (wanted === null) hear("lost");
      else if (wanted !== "running") hear("pause");
    };
    const beat = async () => {
      const now = own.get(id);
      const isNew = now !== null && JSON.stringify(now) !== told;
      const wanted = await journal.beat(id, number, isNew ? now : null);
      if (isNew) told = JSON.stringify(now);
      heard(wanted);
    };
    // Where the database is away for longer, the hold is lost, and this is told when it is back.
    clearInterval(held.get(id)?.beating);
    const beating = setInterval(() => void beat().catch(() => undefined), beatMs);
    held.set(id, { number, hear: heard, beating });
    return true;
  };
  /** Does something with a hold that is there, or with one for this only. */
  const holding = async <T>(id: number, work: (hold: number) => Promise<T>): Promise<T> => {
    const there = held.get(id);
    if (there !== undefined) return work(there.number);
    if (!(await take(id, () => undefined))) throw lost();
    try {
      return await work(held.get(id)?.number ?? 0);
    } finally {
      await release(id);
    }
  };
  const end = async (id: number, hold: number): Promise<void> => {
    const told = own.get(id);
    if (told === null || !(await journal.end(id, hold, told))) throw lost();
    listed(await must(id));
  };

  return {
    holds: {
      take,
      release,
      rest: async (id) => {
        for (const until = performance.now() + restWithinMs; (await must(id)).isHeld; await wait(restLooksMs))
          if (performance.now() > until)
            throw new AppError(
              "store-busy",
              "The process that crawls did not stop yet. Try again in a moment.",
            );
      },
    },
    list: async () => {
      for (const crawl of await journal.all()) listed(crawl);
    },
    bring: async (project, analysis) => {
      const found = (await journal.all()).find((one) => one.project === project && one.analysis === analysis);
      if (found?.state === "done") await bring(found.id);
    },
    records: {
      // What nobody makes go on any more goes on when somebody asks for it.
      underWay: () => [],
      begin: async (order) => toldOf(await journal.begin(order)),
      get: async (id) => {
        const crawl = await journal.get(id);
        return crawl === null ? null : toldOf(crawl, held.has(id) ? own.get(id) : null);
      },
      progress: async (id) => {
        await bring(id);
        return own.progress(id);
      },
      keep: (id, finds) =>
        holding(id, async (hold) => {
          const wanted = await journal.keep(id, hold, finds);
          if (wanted === null) throw lost();
          own.keep(id, finds);
          held.get(id)?.hear(wanted);
        }),
      lines: async (id, after) => {
        const pieces = await journal.pieces(id, after, piecesAtOnce);
        const pages = pieces.flatMap(({ last, finds }) =>
          finds.slice(Math.max(0, finds.length - (last - after))),
        );
        return pages
          .slice(0, mostLines)
          .map(({ page: { url, httpCode, loadMs, cut } }) => ({ url, httpCode, loadMs, cut }));
      },
      setState: (id, wanted) => journal.setState(id, wanted),
      finish: (id) =>
        holding(id, async (hold) => {
          await own.finish(id);
          await end(id, hold);
        }),
      stop: (id) =>
        holding(id, async (hold) => {
          await bring(id);
          await own.stop(id);
          await end(id, hold);
        }),
      end: (id, how, error, tryInstead) =>
        holding(id, async (hold) => {
          enter(await must(id));
          own.end(id, how, error, tryInstead);
          await end(id, hold);
        }),
    },
  };
};

/** What this process knows of it, or whoever makes it go on told last; the state is the one that all know. */
const toldOf = (crawl: JournalCrawl, here: Crawl | null = null): Crawl => {
  const { id, url, project, analysis, state, pages } = crawl;
  const known = here ?? crawl.told ?? nothing;
  const pagesKnown = Math.max(known.pagesKnown, pages);
  return { ...known, id, url, org: sandboxOrg, project, analysis, state, pagesDone: pages, pagesKnown };
};

const nothing: Omit<Crawl, "id" | "url" | "state" | "org" | "project" | "analysis"> = {
  pagesDone: 0,
  pagesKnown: 1,
  error: null,
  tryInstead: null,
  cutPages: 0,
  cut: [],
  unreadPages: 0,
  unread: [],
  leftOut: [],
  stopped: false,
};
