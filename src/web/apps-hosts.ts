import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";
import { AppError } from "#core/errors.ts";
import { inFull } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { App } from "./app.ts";
import { appsAwake } from "./apps-awake.ts";
import type { AppHosts } from "./apps-origin.ts";
import type { WebEnv } from "./deps.ts";
import {
  answerKind,
  bearerIn,
  createIdentify,
  door,
  type Identify,
  limitedBodies,
  withBody,
} from "./door.ts";
import { cookieSeconds } from "./enter.ts";
import { answerError } from "./errors.tsx";
import { finish } from "./finish.ts";
import { createFront } from "./front.ts";
import type { Gated } from "./gates.ts";
import { generatedApps } from "./generated-apps.ts";
import type { Counters } from "./live/counters.ts";
import { isOwnPath } from "./next-page.ts";
import { sentTexts } from "./pages/sent-form.ts";
import { placeOf } from "./place.ts";
import { isHttpsAt, type PublicNames, sessionCookieAt } from "./public-names.ts";
import { requestLog } from "./request-log.ts";
import { staticRoutes } from "./static.ts";

/**
 * Generated apps, each at a host name of its own. A browser comes in by a form of Milepost's with a code for this app, and keeps what lets it
 * in at this name only: no cookie of Milepost's is ever sent here, and what is kept here opens nothing there.
 */
export const createAppsHosts = (deps: Gated, counters: Counters, hosts: AppHosts): App => {
  const slugOf = (c: Context<WebEnv>): string => hosts.slugAt(c.req.header("Host")) ?? "";
  const theirs = { ...deps, sessionCookie: `${deps.sessionCookie}-app` };
  const names = namesOf(hosts);
  const identify = identifyAt(theirs, hosts);
  const cookieAt = sessionCookieAt(theirs);
  const router = new Hono<WebEnv>();
  router.onError((error, c) => {
    const isPage = c.req.method === "GET" && answerKind(c) === "page";
    if (!(isPage && error instanceof AppError && error.code === "not-signed-in"))
      return answerError(deps, error, c);
    const to = routes.enterApp.href({ slug: slugOf(c) }, { to: pathOf(c) });
    return c.redirect(new URL(to, hosts.ofMilepost(c)).href, 302);
  });
  router.notFound((c) => answerError(deps, new AppError("not-found", "There is no such page."), c));
  router
    .use(requestLog(deps, counters))
    .use(finish())
    .on(
      withBody,
      "*",
      limitedBodies(() => false),
    )
    // In front of the door, which takes nothing from another origin; the code says who comes, and Milepost's page that they meant to.
    .post(routes.enterApp.pattern, async (c) => {
      c.set("place", placeOf(c, deps.proxies));
      const from = c.req.header("Origin");
      const slug = slugOf(c);
      const { code = "", to = "" } = await sentTexts(c);
      const isOurs = deps.publicUrls.some(({ origin }) => origin === from);
      const kept = isOurs && c.req.param("slug") === slug ? await deps.appEntry.enter(code, slug) : null;
      if (kept === null)
        throw new AppError(
          "forbidden",
          "This way into the app was used or is too old. Open the app from Milepost again.",
        );
      const host = c.req.header("Host");
      setCookie(c, cookieAt(host), kept, {
        ...{ path: "/", httpOnly: true, sameSite: "Lax", maxAge: cookieSeconds },
        secure: isHttpsAt(host, deps.publicUrls),
      });
      return c.redirect(isOwnPath(to) ? to : routes.app.href({ slug }), 303);
    })
    .use(door(theirs, names, identify))
    .route("/", staticRoutes(deps))
    .use(async (c, next) => {
      const inPath = routes.app.read(c.req.path) ?? routes.appWithoutSlash.read(c.req.path);
      const named = [c.req.header("X-App-Context"), inPath?.slug];
      if (named.some((slug) => slug !== undefined && slug !== slugOf(c)))
        throw new AppError("not-found", "At this address there is another app. Open this one from Milepost.");
      return next();
    })
    .use(appsAwake(deps, { everywhere: true }))
    .route("/", generatedApps(deps, null))
    .get("/", (c) => c.redirect(routes.app.href({ slug: slugOf(c) }), 302))
    .get("*", (c) => c.redirect(hosts.ofMilepost(c), 302));
  return {
    router,
    front: createFront({ names, identify, gates: deps.gates, cookieAt, polls: [], counters }),
  };
};

const pathOf = ({ req }: Context<WebEnv>): string => inFull(req.path) + new URL(req.url).search;

const namesOf = ({ slugAt }: AppHosts): PublicNames => ({
  isOwn: (host) => slugAt(host) !== null,
  assertOwn: (host) => {
    if (slugAt(host) === null) throw new AppError("forbidden", "There is no app under this name.");
  },
  isPublicHost: () => false,
  hidden: () => null,
});

const identifyAt = (deps: Gated, { slugAt }: AppHosts): Identify => {
  const byToken = createIdentify(deps);
  const cookieAt = sessionCookieAt(deps);
  return async (authorization, cookies, host) => {
    if (bearerIn(authorization) !== null) return byToken(authorization, undefined, host);
    const name = cookieAt(host);
    const [kept, slug] = [parse(cookies ?? "", name)[name], slugAt(host)];
    const known = kept === undefined || slug === null ? null : await deps.appEntry.identify(kept, slug);
    return known === null ? null : { ...known, access: deps.access };
  };
};
