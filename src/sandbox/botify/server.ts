import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Hono } from "hono";
import type { CrawlRecords } from "#core/crawl.ts";
import type { CrawlJournal } from "#core/crawl-journal.ts";
import { AppError } from "#core/errors.ts";
import { guard, readApi } from "./api.ts";
import { ApiError } from "./api-error.ts";
import { createCrawlRecords } from "./crawl-records.ts";
import { keepSetting, openDatabase, openReader, setting } from "./database.ts";
import { type Faults, noFaults } from "./faults.ts";
import { createLinks, fileRoute } from "./file-route.ts";
import { jobRoutes } from "./job-routes.ts";
import { createJobs } from "./jobs.ts";
import { listenAgain } from "./listen.ts";
import { sampleSite } from "./sample-site.ts";
import { shareCalls } from "./shared-calls.ts";
import { createSharedCrawls, type SharedCrawls } from "./shared-crawls.ts";

export interface BotifySandbox {
  /** The API's address, with "/v1". */
  url: string;
  token: string;
  sampleSiteUrl: string;
  faults: Faults;
  /** Ends all download links given out so far. */
  expireLinks(): void;
  /** How often each path was called, "POST /v1/jobs" for example. */
  calls(route: string): number;
  /** Where crawls keep what they find, so that it can be exported. */
  crawlRecords: CrawlRecords;
  /** The same, where several processes share their crawls. */
  sharedCrawls: SharedCrawls | null;
  /** Whether this project has an analysis that can be exported. */
  hasAnalysis(project: string): boolean;
  close(): Promise<void>;
}

/**
 * A real server on loopback that speaks Botify's API over the crawls that are kept in it. Everything it knows is in `dataDir`: after a
 * restart it has the same addresses, and jobs that were under way go on.
 */
export const startBotifySandbox = async ({
  dataDir,
  host = "127.0.0.1",
  now = Date.now,
  journal = null,
}: {
  dataDir: string;
  host?: string;
  now?: () => number;
  /** What all processes have crawled. `dataDir` then holds copies of it, and may go with this process. */
  journal?: CrawlJournal | null;
}): Promise<BotifySandbox> => {
  const db = openDatabase(dataDir);
  const reader = openReader(dataDir);
  const token = setting(db, "token") ?? randomBytes(24).toString("base64url");
  keepSetting(db, "token", token);
  const faults = noFaults();
  const crawlRecords = createCrawlRecords(db, now);
  const sharedCrawls = journal === null ? null : createSharedCrawls(db, crawlRecords, journal);
  const bring = sharedCrawls?.bring ?? (async () => undefined);
  const jobs = createJobs({ db, dataDir, faults, now, journal, bring });
  const links = createLinks(token, now);
  const counts = new Map<string, number>();

  const site = await listenAgain(sampleSite(), host, db, "site-port");
  const app = new Hono();
  app.use("*", async (c, next) => {
    const route = `${c.req.method} ${c.req.path}`;
    counts.set(route, (counts.get(route) ?? 0) + 1);
    await next();
  });
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json(error.body(), error.status);
    // The database is away.
    if (error instanceof AppError) return c.json(new ApiError(503, "1000", error.message).body(), 503);
    return c.json(new ApiError(500, "1000", "Internal error").body(), 500);
  });
  app.route("/", fileRoute(join(dataDir, "exports"), links, faults));
  const v1 = new Hono();
  v1.route("/", guard({ token, faults, now }));
  if (journal !== null && sharedCrawls !== null)
    v1.route("/", shareCalls({ journal, crawls: sharedCrawls, jobs }));
  v1.route("/", readApi({ db, reader }));
  v1.route("/", jobRoutes({ jobs, links, faults }));
  app.route("/v1", v1);
  app.notFound((c) => c.json(new ApiError(404, "1404", "Not found").body(), 404));
  const api = await listenAgain(app, host, db, "api-port");

  return {
    url: `${api.origin}/v1`,
    token,
    sampleSiteUrl: `${site.origin}/`,
    faults,
    expireLinks: links.expireAll,
    calls: (route) => counts.get(route) ?? 0,
    crawlRecords,
    sharedCrawls,
    hasAnalysis: (project) =>
      db.prepare("SELECT 1 FROM analyses WHERE project = ? AND status = 'success'").get(project) !==
      undefined,
    close: async () => {
      await api.close();
      await jobs.close();
      await site.close();
      reader.close();
      db.close();
    },
  };
};
