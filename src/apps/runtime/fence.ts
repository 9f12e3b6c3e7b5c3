import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { basicAuth } from "hono/basic-auth";
import { csrf } from "hono/csrf";
import { secureHeaders } from "hono/secure-headers";

/**
 * What keeps strangers out of an app that stands alone: strict headers, no forms from other sites, and a password; without a password
 * only browsers that ask for this machine by its own name, so that no other name can be made to point here.
 */
export const fence = (password: string): [MiddlewareHandler, MiddlewareHandler, MiddlewareHandler] => [
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    // With no-referrer a plain form would post `Origin: null`, which the check for other sites must refuse.
    referrerPolicy: "same-origin",
    strictTransportSecurity: false,
  }),
  csrf(),
  password === ""
    ? ownNames
    : basicAuth({ realm: "This app", verifyUser: (_, given) => same(given, password) }),
];

const ownNames: MiddlewareHandler = (c, next) => {
  const name = new URL(c.req.url).hostname;
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name)
    ? next()
    : Promise.resolve(c.text("This app is only for this machine. Ask for it as localhost.", 421));
};

// Hashes are of the same length, so that the comparison tells nothing about the password's.
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
