import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import type { Child } from "#core/child.ts";
import { startChild } from "#main/child.ts";
import { startThisBotify } from "#main/this-botify.ts";
import { folder, html, openSandboxForTest, serveSite } from "../sandbox/botify/world.ts";

const pages = 60;

/** A site with so many pages that each take a moment. */
const slowSite = () =>
  serveSite(async (request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    await wait(40);
    const links = Array.from({ length: pages }, (_, index) => `/${index}`);
    return response.writeHead(200, { "content-type": "text/html" }).end(html("x", ...links));
  });
type Site = Awaited<ReturnType<typeof slowSite>>;

const pagesAsked = ({ asked }: Site): string[] =>
  asked.map(({ path }) => path).filter((path) => path !== "/robots.txt");

const everyPageOnce = (site: Site) =>
  expect(pagesAsked(site).toSorted()).toEqual(
    ["/", ...Array.from({ length: pages }, (_, index) => `/${index}`)].toSorted(),
  );

test("a paused crawl asks for nothing, and after it goes on the rest is read and nothing twice", async () => {
  const site = await slowSite();
  const sandbox = await openSandboxForTest();
  const { id } = await sandbox.beginCrawl({ url: site.origin });
  await sandbox.until(
    () => sandbox.crawl(id),
    ({ pagesDone }) => pagesDone > 3,
  );
  const paused = await sandbox.crawls.pause(id);
  expect(paused.state).toBe("paused");
  const before = pagesAsked(site);
  expect(before.length).toBeLessThan(pages);
  expect(paused.pagesDone).toBe(before.length);
  // Nothing can be waited for where nothing is to happen; the site would be asked 25 times meanwhile.
  await wait(1_000);
  expect(pagesAsked(site)).toEqual(before);
  await sandbox.crawls.resume(id);
  expect(await sandbox.crawled(id)).toMatchObject({ state: "done", pagesDone: pages + 1 });
  everyPageOnce(site);
});

test("a paused crawl stays paused when the server starts anew, and goes on when it is told to", async () => {
  const site = await slowSite();
  const dataDir = await folder();
  const first = await openSandboxForTest({ dataDir });
  const { id } = await first.beginCrawl({ url: site.origin });
  await first.crawls.pause(id);
  const before = pagesAsked(site).length;
  await first.close();
  const second = await openSandboxForTest({ dataDir });
  expect(await second.crawl(id)).toMatchObject({ state: "paused" });
  expect(pagesAsked(site)).toHaveLength(before);
  await second.crawls.resume(id);
  expect(await second.crawled(id)).toMatchObject({ state: "done", pagesDone: pages + 1 });
  everyPageOnce(site);
});

test("a crawl that the server's stop cut off goes on at the next start: what was kept is not read again", async () => {
  const site = await slowSite();
  const dataDir = await folder();
  const first = await openSandboxForTest({ dataDir });
  const { id } = await first.beginCrawl({ url: site.origin });
  await first.until(
    () => first.crawl(id),
    ({ pagesDone }) => pagesDone > 3,
  );
  await first.close();
  const second = await openSandboxForTest({ dataDir });
  const { state, pagesDone: kept } = await second.crawl(id);
  expect(state).toBe("running");
  expect(await second.crawled(id)).toMatchObject({ state: "done", pagesDone: pages + 1, error: null });
  expect(new Set(pagesAsked(site)).size).toBe(pages + 1);
  // What was under way or not yet kept when it was cut off is read once more, and nothing else.
  const cutOff = site.asked.findLastIndex(({ path }) => path === "/robots.txt");
  expect(site.asked.length - cutOff - 1).toBe(pages + 1 - kept);
});

test("a crawl that an earlier version of Milepost left under way is made and can be exported", async () => {
  const site = await slowSite();
  const dataDir = await folder();
  const db = new Database(join(dataDir, "botify.sqlite"));
  // As version 0.1 wrote them.
  db.exec(`
    CREATE TABLE analyses (id INTEGER PRIMARY KEY, org TEXT NOT NULL, project TEXT NOT NULL, slug TEXT NOT NULL, name TEXT NOT NULL,
      url TEXT NOT NULL, status TEXT NOT NULL, launched_at TEXT NOT NULL, finished_at TEXT, urls_done INTEGER NOT NULL,
      UNIQUE (org, project, slug));
    CREATE TABLE crawls (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, url TEXT NOT NULL, state TEXT NOT NULL,
      pages_done INTEGER NOT NULL, pages_known INTEGER NOT NULL, error TEXT, project TEXT, analysis TEXT, options TEXT NOT NULL,
      restarts INTEGER NOT NULL DEFAULT 0);
    INSERT INTO analyses VALUES (1, 'this-machine', 'shop', '20260101', 'Crawl of shop', '${site.origin}/', 'processing', '2026-01-01T00:00:00Z', NULL, 0);
    INSERT INTO crawls VALUES (1, 'run/begin', '${site.origin}/', 'running', 7, 60, NULL, 'shop', '20260101', '{"mostPages":30,"pauseMs":0}', 2);
  `);
  db.close();
  const sandbox = await openSandboxForTest({ dataDir });
  const done = await sandbox.crawled(1);
  expect(done).toMatchObject({ state: "done", pagesDone: 30, analysis: "20260101" });
  expect(done.leftOut).toMatchObject([{ why: "limit", count: pages + 1 - 30 }]);
  const url = `crawl.${done.analysis}.url`;
  expect(await sandbox.rows("shop", done.analysis, { dimensions: [url] })).toHaveLength(30);
});

test("a crawl that has ended is not paused, resumed or cancelled any more", async () => {
  const site = await serveSite((_, response) => response.writeHead(404).end());
  const sandbox = await openSandboxForTest();
  const { id } = await sandbox.beginCrawl({ url: site.origin });
  await sandbox.crawled(id);
  for (const verb of ["pause", "resume", "cancel"] as const)
    expect(await sandbox.crawls[verb](id)).toMatchObject({ state: "done" });
});

test("a crawl whose process is killed fails with a sentence, and the next one is made", async () => {
  const site = await slowSite();
  const children: Child[] = [];
  const sandbox = await startThisBotify({
    dataDir: await folder(),
    seed: false,
    startChild: (options) => {
      const child = startChild(options);
      children.push(child);
      return child;
    },
  });
  onTestFinished(() => sandbox.close());
  const { crawls } = sandbox;
  const { id } = await crawls.begin({ url: site.origin });
  process.kill(children[0]?.pid ?? 0, "SIGKILL");
  await crawls.left(id);
  expect(await crawls.get(id)).toMatchObject({
    state: "failed",
    error: `${site.origin}/ could not be crawled: the process that reads its pages was killed (SIGKILL).`,
  });
  const next = await crawls.begin({ url: site.origin });
  await crawls.left(next.id);
  expect(await crawls.get(next.id)).toMatchObject({ state: "done", pagesDone: pages + 1 });
});
