import type { MiddlewareHandler } from "hono";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "./deps.ts";
import { isAlreadySent } from "./live/already-sent.ts";

const headersFor = (frameAncestors: "'none'" | "'self'"): Readonly<Record<string, string>> => ({
  "Content-Security-Policy": `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ${frameAncestors}`,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  // With no-referrer a plain form would post `Origin: null`, which the cross-site check must refuse.
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-DNS-Prefetch-Control": "off",
  "X-Frame-Options": frameAncestors === "'self'" ? "SAMEORIGIN" : "DENY",
  "X-Permitted-Cross-Domain-Policies": "none",
});

/** The strictest headers that our pages live with. Whether this host is reached by https for ever is for whoever runs the proxy to say. */
export const strictHeaders = headersFor("'none'");
const inFrame = Object.entries(headersFor("'self'"));
const alone = Object.entries(strictHeaders);

// The finished run's page loads these in an iframe, which starts the download.
const framed = [routes.handOver, routes.exportFile];

const shared = [routes.shared, routes.sharedLive, routes.sharedEvents, routes.sharedFile];

/** Nothing is kept but static files, which say so themselves. */
export const uncached = { "Cache-Control": "no-store" } as const;

/** The strict headers on every answer, errors too; what has no content has nothing that they could keep from harm. */
export const security = (): MiddlewareHandler<WebEnv> => async (c, next) => {
  await next();
  // Not `c.header`, which would replace the answer: an event stream's is known by its identity.
  if (isAlreadySent(c.res)) return;
  const { headers, status } = c.res;
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", uncached["Cache-Control"]);
  if (status === 204) return;
  // What is left of a body that was refused unread stands in the way of the next request on its connection.
  if (status >= 400 && c.env?.incoming?.complete === false) headers.set("Connection", "close");
  const all = framed.some((route) => route.matches(c.req.path)) ? inFrame : alone;
  for (const [name, value] of all) headers.set(name, value);
  // The address of a shared run is its secret.
  if (shared.some((route) => route.matches(c.req.path))) {
    headers.set("Referrer-Policy", "no-referrer");
    headers.set("X-Robots-Tag", "noindex, nofollow, noarchive");
  }
  // A file that a browser shows in spite of all that tells it to save it must not act as a page of ours.
  if (headers.has("Content-Disposition"))
    headers.set("Content-Security-Policy", `${headers.get("Content-Security-Policy")}; sandbox`);
};
