import { Hono } from "hono";
import { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { Crawls } from "./crawls.ts";

const wanted = z.object({
  url: z.url({ protocol: /^https?$/ }),
  maxPages: z.int().min(1).max(100_000).default(2_000),
  maxDepth: z.int().min(0).max(100).default(20),
  key: z.string().max(200).optional(),
  project: z
    .string()
    .regex(/^[\w~-][\w.~-]{0,199}$/)
    .optional(),
});

/** Between two requests to a host, unless it is this machine itself. */
const politePauseMs = 500;

const isThisMachine = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** Ours alone, Botify has no such calls: crawl any site, so that it can be exported. */
export const crawlRoutes = (crawls: Crawls): Hono => {
  const app = new Hono();
  app.post("/sandbox/crawls", async (c) => {
    const read = wanted.safeParse(await c.req.json().catch(() => null));
    if (!read.success)
      throw new ApiError(400, "1020", `Badly formatted request: ${z.prettifyError(read.error)}`);
    const { url, maxPages, maxDepth, project, key } = read.data;
    const start = new URL(url);
    start.hash = "";
    const pauseMs = isThisMachine(start.hostname) ? 0 : politePauseMs;
    return c.json(
      crawls.begin(start, {
        mostPages: maxPages,
        mostDepth: maxDepth,
        pauseMs,
        ...(project === undefined ? {} : { project }),
        ...(key === undefined ? {} : { key }),
      }),
      202,
    );
  });
  app.get("/sandbox/crawls/:id", (c) => c.json(found(crawls.get(Number(c.req.param("id"))))));
  app.delete("/sandbox/crawls/:id", (c) => c.json(found(crawls.cancel(Number(c.req.param("id"))))));
  return app;
};

const found = <T>(crawl: T | null): T => {
  if (crawl === null) throw new ApiError(404, "1404", "Crawl not found.");
  return crawl;
};
