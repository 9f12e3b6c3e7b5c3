import { setTimeout as wait } from "node:timers/promises";
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
