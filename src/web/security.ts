import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "./deps.ts";

const headers = (frameAncestors: "'none'" | "'self'") =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      frameSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: [frameAncestors],
    },
    xFrameOptions: frameAncestors === "'self'" ? "SAMEORIGIN" : "DENY",
    // With no-referrer a plain form would post `Origin: null`, which the cross-site check must refuse.
    referrerPolicy: "same-origin",
    // Whether this host is reached by https for ever is the decision of whoever runs the proxy.
    strictTransportSecurity: false,
  });

// The finished run's page loads these in an iframe, which starts the download.
const framed = [routes.handOver, routes.exportFile];

// A file that a browser shows in spite of all that tells it to save it must not act as a page of ours.
const asFileOnly = (of: Headers): void => {
  of.set("Content-Security-Policy", `${of.get("Content-Security-Policy")}; sandbox`);
};

/** The strictest headers that our pages live with, on every answer, errors too. What is not a static file is never cached. */
export const security = (): MiddlewareHandler<WebEnv> => {
  const alone = headers("'none'");
  const inFrame = headers("'self'");
  return async (c, next) => {
    await (framed.some((route) => route.matches(c.req.path)) ? inFrame : alone)(c, next);
    // Not `c.header`, which would replace the answer: an event stream's is known by its identity.
    if (c.res.headers.has("Content-Disposition")) asFileOnly(c.res.headers);
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  };
};
