import type { Context } from "hono";
import { isAnyOf } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "./deps.ts";

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
const inFrame = headersFor("'self'");

// The finished run's page loads these in an iframe, which starts the download.
const isInFrame = isAnyOf([routes.handOver, routes.exportFile]);

const isOfShared = isAnyOf([routes.shared, routes.sharedLive, routes.sharedEvents, routes.sharedFile]);

/** Nothing is kept but static files, which say so themselves. */
export const uncached = { "Cache-Control": "no-store" } as const;

const usual = { ...strictHeaders, ...uncached };

/** What an answer says itself, before anything is added. */
export interface Said {
  status: number;
  /** The value of a header; null when it has none of that name, which is in small letters. */
  header(name: string): string | null;
}

/** What every answer says besides, errors too: the strict headers. What has no content has nothing that they could keep from harm. */
export const securityHeaders = (
  c: Context<WebEnv>,
  { status, header }: Said,
): Readonly<Record<string, string>> => {
  const isKept = header("cache-control") !== null;
  if (status === 204) return isKept ? {} : uncached;
  const { path } = c.req;
  const isFramed = isInFrame(path);
  const isShared = isOfShared(path);
  // What is left of a body that was refused unread stands in the way of the next request on its connection.
  const ends = status >= 400 && c.env?.incoming?.complete === false;
  const isFile = header("content-disposition") !== null;
  const leadsTo = c.get("leadsTo");
  if (!(leadsTo || isKept || isFramed || isShared || ends || isFile)) return usual;
  const all: Record<string, string> = {
    ...(isFramed ? inFrame : strictHeaders),
    ...(isKept ? {} : uncached),
  };
  if (ends) all.Connection = "close";
  if (leadsTo !== undefined) {
    const policy = all["Content-Security-Policy"] ?? "";
    all["Content-Security-Policy"] = policy.replace("form-action 'self'", `form-action ${leadsTo}`);
    // The other side has to see that the form is ours.
    all["Referrer-Policy"] = "strict-origin";
  }
  // The address of a shared run is its secret.
  if (isShared) {
    all["Referrer-Policy"] = "no-referrer";
    all["X-Robots-Tag"] = "noindex, nofollow, noarchive";
  }
  // A file that a browser shows in spite of all that tells it to save it must not act as a page of ours.
  if (isFile) all["Content-Security-Policy"] += "; sandbox";
  return all;
};
