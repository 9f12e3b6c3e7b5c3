import type { MiddlewareHandler } from "hono";
import type { WebDeps, WebEnv } from "./deps.ts";
import type { Counters, StatusClass } from "./live/counters.ts";

const reads = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Counts every request, and logs those that change something or are refused: open pages ask every two seconds, and their reads would
 * bury the rest. The path only: an address may hold a sign-in secret after its question mark. That of a shared run has its secret in the path.
 */
export const requestLog =
  ({ log, clock }: Pick<WebDeps, "log" | "clock">, counters: Counters): MiddlewareHandler<WebEnv> =>
  async (c, next) => {
    const begun = clock.now();
    await next();
    const { status } = c.res;
    counters.requests[`${Math.floor(status / 100)}xx` as StatusClass] += 1;
    if (reads.has(c.req.method) && status < 400) return;
    const { method } = c.req;
    const path = loggedPath(c.req.path);
    const by = c.get("identity")?.name ?? null;
    log.info({ method, path, status, tookMs: clock.now() - begun, by }, "answered a request");
  };

/** A path as it may stand in a log: that of a shared run has its secret in it. */
export const loggedPath = (path: string): string => path.replace(/^\/shared\/[^/]+/, "/shared/…");
