import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openCrawlJournal } from "#store/postgres/crawl-journal.ts";
import { download, html, openSandboxForTest, serveSite, textOf } from "../sandbox/botify/world.ts";
import { type PostgresServer, startPostgres } from "../store/postgres/server.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.close());

/** Two processes' crawlers over one database. */
const openTwo = async () => {
  const database = await server.fresh();
  const open = async () => {
    const journal = await openCrawlJournal(database);
    // Behind the end of whoever asks of it.
    onTestFinished(() => journal.close());
    return { ...(await openSandboxForTest({ journal })), journal };
  };
  return { database, one: await open(), other: await open() };
};

const pages = 40;
const site = async (answersAfterMs: number) => {
  const served = await serveSite(async (request, response) => {
    if (request.url === "/robots.txt") return response.writeHead(404).end();
    await wait(answersAfterMs);
    const links = Array.from({ length: pages }, (_, index) => `/${index}`);
    return response.writeHead(200, { "content-type": "text/html" }).end(html("x", ...links));
  });
  const asked = () => served.asked.map(({ path }) => path).filter((path) => path !== "/robots.txt");
  return { ...served, asked };
};

test("a crawl that another process makes is paused from here, goes on here, and no page is asked for twice", async () => {
  const { one, other } = await openTwo();
  const { origin, asked } = await site(300);
  const { id } = await one.beginCrawl({ url: origin });
  await other.until(
    () => other.crawl(id),
    ({ pagesDone }) => pagesDone > 3,
  );
  const paused = await other.crawls.pause(id);
  expect(paused).toMatchObject({ state: "paused", pagesDone: asked().length });
  expect(paused.pagesDone).toBeLessThan(pages);
  await wait(1_000);
  expect(asked()).toHaveLength(paused.pagesDone);
  await other.crawls.resume(id);
  expect(await one.crawled(id)).toMatchObject({ state: "done", pagesDone: pages + 1 });
  expect(asked().toSorted()).toEqual([...new Set(asked())].toSorted());
  expect(await other.crawls.lines(id, 0)).toHaveLength(pages + 1);
  expect(await one.crawls.lines(id, pages)).toHaveLength(1);
});

test("a crawl that is cancelled from another process can be exported at each, as a job that any of them was given", async () => {
  const { one, other } = await openTwo();
  const { origin } = await site(300);
  const { id } = await one.beginCrawl({ url: origin, project: "site" });
  await other.until(
    () => other.crawl(id),
    ({ pagesDone }) => pagesDone > 3,
  );
  const { state, stopped, pagesDone, analysis } = await other.crawls.cancel(id);
  expect({ state, stopped }).toEqual({ state: "done", stopped: true });
  expect(await one.crawl(id)).toMatchObject({ state: "done", stopped: true, pagesDone });
  const query = { dimensions: [`crawl.${analysis}.url`, `crawl.${analysis}.depth`] };
  const { job_id: job, job_status: status } = await one.jobEnded({ project: "site", analysis, query });
  expect(status).toBe("DONE");
  const fileOf = async ({ until, job: look }: typeof one) => {
    const { results } = await until(
      () => look(job),
      ({ job_status: now }) => now === "DONE" || now === "FAILED",
    );
    return textOf((await download(results?.download_url ?? "")).bytes);
  };
  const file = await fileOf(other);
  // A line that names the delimiter, and one of names.
  expect(file.trimEnd().split("\n")).toHaveLength(pagesDone + 2);
  expect(await fileOf(one)).toBe(file);
});

test("who lost its hold keeps nothing more, and what it had kept is there for whoever goes on", async () => {
  const { database, one } = await openTwo();
  const { journal } = one;
  const limits = { mostPages: 10, mostDepth: 10, pauseMs: 0 };
  const { id } = await journal.begin({ url: "http://127.0.0.1:9/", project: "p", key: "k", ...limits });
  expect((await journal.begin({ url: "http://127.0.0.1:9/", project: "p", key: "k", ...limits })).id).toBe(
    id,
  );
  const hold = (await journal.take(id)) ?? 0;
  expect(await journal.take(id)).toBeNull();
  expect(await journal.keep(id, hold, [])).toBe("running");
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query("UPDATE milepost_crawls.crawls SET held_until = clock_timestamp() - interval '1 s'");
  await client.end();
  expect(await journal.take(id)).toBe(hold + 1);
  expect(await journal.keep(id, hold, [])).toBeNull();
  expect(await journal.beat(id, hold, null)).toBeNull();
  await journal.release(id, hold);
  expect(await journal.get(id)).toMatchObject({ isHeld: true });
});
