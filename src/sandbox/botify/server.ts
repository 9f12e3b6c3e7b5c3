import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Hono } from "hono";
import { guard, readApi } from "./api.ts";
import { ApiError } from "./api-error.ts";
import { crawlRoutes } from "./crawl-routes.ts";
import { createCrawls } from "./crawls.ts";
import { keepSetting, openDatabase, openReader, setting } from "./database.ts";
import { type Faults, noFaults } from "./faults.ts";
import { createLinks, fileRoute } from "./file-route.ts";
import { jobRoutes } from "./job-routes.ts";
import { createJobs } from "./jobs.ts";
import { listenAgain } from "./listen.ts";
import { sampleSite } from "./sample-site.tsx";
import { addSynthetic } from "./synthetic.ts";

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
  addSynthetic(project: string, rows: number): { project: string; analysis: string };
  /** Resolves when the sample site has been crawled: at the first start that takes a moment. */
  seeded: Promise<void>;
  close(): Promise<void>;
}

/** The project under which the sample site is found. */
export const sampleProject = "sample-site";

/**
 * A real server on loopback that speaks Botify's API over crawls that it makes itself. Everything it knows is in `dataDir`: after a
 * restart it has the same addresses, and jobs that were under way go on.
 */
export const startBotifySandbox = async ({
  dataDir,
  host = "127.0.0.1",
  now = Date.now,
  seed = true,
}: {
  dataDir: string;
  host?: string;
  now?: () => number;
  seed?: boolean;
}): Promise<BotifySandbox> => {
  const db = openDatabase(dataDir);
  const reader = openReader(dataDir);
  const token = setting(db, "token") ?? randomBytes(24).toString("base64url");
  keepSetting(db, "token", token);
  const faults = noFaults();
  const jobs = createJobs({ db, dataDir, faults, now });
  const links = createLinks(token, now);
  const counts = new Map<string, number>();

  const site = await listenAgain(sampleSite(), host, db, "site-port");
  // Only now, because a crawl of the sample site that was cut off begins anew at once.
  const crawls = createCrawls(db, () => new Date(now()));
  const app = new Hono();
  app.use("*", async (c, next) => {
    const route = `${c.req.method} ${c.req.path}`;
    counts.set(route, (counts.get(route) ?? 0) + 1);
    await next();
  });
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json(error.body(), error.status);
    return c.json(new ApiError(500, "1000", "Internal error").body(), 500);
  });
  app.route("/", fileRoute(join(dataDir, "exports"), links, faults));
  const v1 = new Hono();
  v1.route("/", guard({ token, faults, now }));
  v1.route("/", readApi({ db, reader }));
  v1.route("/", jobRoutes({ jobs, links, faults }));
  v1.route("/", crawlRoutes(crawls));
  app.route("/v1", v1);
  app.notFound((c) => c.json(new ApiError(404, "1404", "Not found").body(), 404));
  const api = await listenAgain(app, host, db, "api-port");

  const seedNow = async () => {
    const there = db
      .prepare("SELECT 1 FROM analyses WHERE project = ? AND status = 'success'")
      .get(sampleProject);
    if (!seed || there !== undefined) return;
    const crawl = crawls.begin(new URL(`${site.origin}/`), {
      mostPages: 1_000,
      pauseMs: 0,
      project: sampleProject,
      key: sampleProject,
    });
    await crawls.ended(crawl.id);
  };
  return {
    url: `${api.origin}/v1`,
    token,
    sampleSiteUrl: `${site.origin}/`,
    faults,
    expireLinks: links.expireAll,
    calls: (route) => counts.get(route) ?? 0,
    addSynthetic: (project, rows) => addSynthetic(db, project, rows, new Date(now())),
    seeded: seedNow(),
    close: async () => {
      await api.close();
      await crawls.close();
      await jobs.close();
      await site.close();
      reader.close();
      db.close();
    },
  };
};
