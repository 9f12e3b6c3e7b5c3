import { Hono } from "hono";
import type { CrawlJournal } from "#core/crawl-journal.ts";
import type { Jobs } from "./jobs.ts";
import { analysisOf, readQuery } from "./query-sql.ts";
import type { SharedCrawls } from "./shared-crawls.ts";

interface SharedCallsDeps {
  journal: CrawlJournal;
  crawls: SharedCrawls;
  jobs: Jobs;
}

/** Has here whatever a call is about, where another process crawled it or was given the job: before every call. */
export const shareCalls = ({ journal, crawls, jobs }: SharedCallsDeps): Hono => {
  const app = new Hono();
  app.use("*", async (_c, next) => {
    await crawls.list();
    await next();
  });
  app.post("/projects/:org/:project/query", async (c, next) => {
    const query = readQuery(await c.req.json().catch(() => null));
    await crawls.bring(c.req.param("project"), analysisOf(query));
    await next();
  });
  app.get("/jobs", async (_c, next) => {
    for (const job of await journal.jobs()) jobs.enter(job);
    await next();
  });
  app.get("/jobs/:id", async (c, next) => {
    const id = Number(c.req.param("id"));
    const job = Number.isSafeInteger(id) ? await journal.job(id) : null;
    if (job !== null) {
      jobs.enter(job);
      jobs.goOn(id);
    }
    await next();
  });
  return app;
};
