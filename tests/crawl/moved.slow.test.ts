import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { CrawlJournal } from "#core/crawl-journal.ts";
import { takeCrawlsBack, takeCrawlsIn } from "#sandbox/botify/move-crawls.ts";
import { openCrawlJournal } from "#store/postgres/crawl-journal.ts";
import {
  download,
  folder,
  html,
  openSandboxForTest,
  type Sandbox,
  serveSite,
  textOf,
} from "../sandbox/botify/world.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** Pages whose titles hold what databases differ in, each leading to the next, to those of before and to the first one again. */
const site = async (pages: number, answersAfterMs = 0) => {
  const served = await serveSite(async (request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    await wait(answersAfterMs);
    const n = Number(request.url?.slice(1));
    if (n === 7) return response.writeHead(500).end();
    const ahead = [n + 1, n + 2].filter((next) => next < pages).map((next) => `/${next}`);
    const links = [...ahead, "/0", "http://elsewhere.invalid/"];
    const body = html(`Été 🏁 "${n}" \\`, ...links).replace(
      "<a",
      '<h1>one</h1><h1>two</h1><a rel="nofollow"',
    );
    return response.writeHead(200, { "content-type": "text/html" }).end(body);
  });
  const asked = () => served.asked.map(({ path }) => path).filter((path) => path !== "/robots.txt");
  return { ...served, asked };
};

const limits = { pauseMs: 0, mostDepth: 100 };

const journalOf = async (database: string): Promise<CrawlJournal> => {
  const journal = await openCrawlJournal(database);
  onTestFinished(() => journal.close());
  return journal;
};

/** The file of a crawl, all that there is of each page. */
const fileOf = async (
  at: Sandbox,
  { project, analysis }: { project: string; analysis: string },
): Promise<string> => {
  const fields = [
    "url",
    "depth",
    "http_code",
    "date_crawled",
    "metadata.title.content",
    "metadata.h1.contents",
    "outlinks_internal.nb.nofollow",
    "inlinks_internal.nb.unique",
  ];
  const query = {
    dimensions: fields.map((field) => `crawl.${analysis}.${field}`),
    sort: [{ type: "dimensions", index: 0, order: "asc" }],
  };
  const { results, job_status: status } = await at.jobEnded({ project, analysis, query });
  expect(status).toBe("DONE");
  return textOf((await download(results?.download_url ?? "")).bytes);
};

test("crawls that are done, under way or came to nothing go into PostgreSQL and back, the same to the last page, and go on in each", async () => {
  // Of 250 pages those that are not more than a hundred clicks away.
  const [whole, slow] = [await site(250), await site(60, 100)];
  const dataDir = join(await folder(), "botify");
  const first = await openSandboxForTest({ dataDir });
  const { id: done } = await first.beginCrawl({ ...limits, url: `${whole.origin}/0`, key: "whole" });
  const { id: failed } = await first.beginCrawl({ ...limits, url: "http://127.0.0.1:9/" });
  const { id: half } = await first.beginCrawl({ ...limits, url: `${slow.origin}/0` });
  await first.until(
    () => first.crawl(half),
    ({ pagesDone }) => pagesDone > 4,
  );
  await first.crawls.pause(half);
  const was = await Promise.all([done, failed].map((id) => first.crawled(id)));
  const file = await fileOf(first, was[0] ?? { project: "", analysis: "" });
  await first.close();

  const database = await server.fresh();
  const journal = await journalOf(database);
  const aside = `${dataDir}-aside`;
  const moved = await takeCrawlsIn(dataDir, journal, aside);
  expect(moved.map(({ pages }) => pages)).toEqual([201, 0, (await journal.get(half))?.pages]);
  expect([existsSync(dataDir), existsSync(aside)]).toEqual([false, true]);
  const there = await openSandboxForTest({ journal });
  // The job that was made before is asked for by its number.
  const { results } = await there.until(
    () => there.job(1),
    ({ job_status: status }) => status === "DONE",
  );
  expect(textOf((await download(results?.download_url ?? "")).bytes)).toBe(file);
  expect(await Promise.all([done, failed].map((id) => there.crawl(id)))).toEqual(was);
  expect(await fileOf(there, was[0] ?? { project: "", analysis: "" })).toBe(file);
  const paused = await there.crawl(half);
  expect(paused).toMatchObject({ state: "paused", pagesDone: slow.asked().length });
  expect((await there.crawls.begin({ ...limits, url: `${whole.origin}/0`, key: "whole" })).id).toBe(done);
  await there.crawls.resume(half);
  await there.until(
    () => there.crawl(half),
    ({ pagesDone }) => pagesDone > paused.pagesDone + 4,
  );
  await there.crawls.pause(half);
  await there.close();

  expect((await takeCrawlsBack(journal, dataDir)).map(({ sha256 }) => sha256).slice(0, 2)).toEqual(
    moved.map(({ sha256 }) => sha256).slice(0, 2),
  );
  const back = await openSandboxForTest({ dataDir });
  expect((await back.ask("/jobs/1")).status).toBe(404);
  expect(await Promise.all([done, failed].map((id) => back.crawl(id)))).toEqual(was);
  expect(await fileOf(back, was[0] ?? { project: "", analysis: "" })).toBe(file);
  expect((await back.ask("/jobs/1")).status).toBe(404);
  expect((await back.crawls.begin({ ...limits, url: `${whole.origin}/0`, key: "whole" })).id).toBe(done);
  await back.crawls.resume(half);
  expect(await back.crawled(half)).toMatchObject({ state: "done", pagesDone: 60 });
  expect(slow.asked().toSorted()).toEqual([...new Set(slow.asked())].toSorted());
});

test("crawls of a folder come beside those that are there already, none of them twice, and a page that did not come is told", async () => {
  const { origin } = await site(5);
  const journal = await journalOf(await server.fresh());
  const there = await openSandboxForTest({ journal });
  const own = await there.beginCrawl({ ...limits, url: `${origin}/0`, key: "k" });
  await there.crawled(own.id);
  const dataDir = join(await folder(), "botify");
  const one = await openSandboxForTest({ dataDir });
  const { id } = await one.crawled((await one.beginCrawl({ ...limits, url: `${origin}/0`, key: "k" })).id);
  await one.close();
  const lost: CrawlJournal = { ...journal, pieces: async () => [] };
  await expect(takeCrawlsIn(dataDir, lost, `${dataDir}-aside`)).rejects.toThrow("0 pages of 5 came");
  expect(existsSync(dataDir)).toBe(true);
  expect(await takeCrawlsIn(dataDir, journal, `${dataDir}-aside`)).toEqual([]);
  const all = await journal.all();
  expect(all.map(({ pages, key }) => [pages, key])).toEqual([
    [5, "k"],
    [5, null],
  ]);
  expect(new Set(all.map(({ analysis }) => analysis)).size).toBe(2);
  expect(all.map((crawl) => crawl.id)).toContain(id);
  const [, taken] = all;
  expect(await fileOf(there, taken ?? own)).toContain("/4");
  // As after a move back that was cut off and is done again.
  await takeCrawlsBack(journal, dataDir);
  expect(await takeCrawlsIn(dataDir, journal, `${dataDir}-again`)).toEqual([]);
  expect(await journal.all()).toHaveLength(2);
});

test("a crawl whose order of reading an earlier version did not keep goes with all of its pages", async () => {
  const { origin } = await site(30);
  const dataDir = join(await folder(), "botify");
  const one = await openSandboxForTest({ dataDir });
  const { id } = await one.crawled((await one.beginCrawl({ ...limits, url: `${origin}/0` })).id);
  await one.close();
  const db = new Database(join(dataDir, "botify.sqlite"));
  db.exec("DELETE FROM crawl_urls");
  db.close();
  const journal = await journalOf(await server.fresh());
  expect(await takeCrawlsIn(dataDir, journal, `${dataDir}-aside`)).toMatchObject([{ pages: 30 }]);
  expect(await takeCrawlsBack(journal, dataDir)).toMatchObject([{ pages: 30 }]);
  const back = await openSandboxForTest({ dataDir });
  expect(await back.crawl(id)).toMatchObject({ state: "done", pagesDone: 30 });
});
