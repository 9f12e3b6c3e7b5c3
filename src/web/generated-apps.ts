import { type Context, Hono } from "hono";
import { type AnswerApp, createAnswering } from "#apps/answering.ts";
import { isLarge } from "#apps/apart.ts";
import { importByErrand } from "#apps/import-by-errand.ts";
import type { OpenApp } from "#apps/registry.ts";
import { AppError } from "#core/errors.ts";
import { can } from "#core/rights.ts";
import { inFull } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import { asVisitor } from "./app-scope.ts";
import type { AppsOrigin } from "./apps-origin.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

type AppsDeps = Pick<WebDeps, "apps" | "appsApart" | "appAssets" | "clock" | "errands" | "newId" | "log">;

/**
 * Generated apps, each below its own address and over its own database; those with much in them are answered for elsewhere. Programs may also
 * ask `/api/db/…` with `X-App-Context: <slug>`. `elsewhere`: the pages are there, and whoever asks for one is sent on.
 */
export const generatedApps = (deps: AppsDeps, elsewhere: AppsOrigin | null) => {
  const here = createAnswering({
    assets: deps.appAssets,
    clock: { now: deps.clock.now, newId: () => withDashes(deps.newId()) },
    importRows: (at, schema) => importByErrand(deps.errands, at, schema),
    onError: (error, app) => deps.log.error({ err: error, app }, "a generated app failed"),
  });
  const answer = (c: Context<WebEnv>, app: OpenApp, request: Request): Promise<Response> => {
    c.set("ofApp", true);
    // An import is an errand already, which has a turn and limits of its own.
    const { pathname, searchParams } = new URL(request.url);
    const isApart = isLarge(app, searchParams) && !pathname.endsWith("/import");
    const answering: AnswerApp = isApart ? deps.appsApart.answer : here;
    const identity = asVisitor(c.get("identity"), app.slug);
    return answering(app, request, { mayChange: can(identity, "run", null), name: identity.name });
  };
  const serve = (c: Context<WebEnv, "/apps/:slug/*">) =>
    answer(c, deps.apps.open(c.req.param("slug")), seen(c.req.raw));
  const sendOn = (c: Context<WebEnv, "/apps/:slug/*">, { ofApp }: AppsOrigin): Response => {
    const address = ofApp(c, deps.apps.open(c.req.param("slug")).slug);
    if (c.req.method === "GET" || c.req.method === "HEAD") return c.redirect(address, 302);
    throw new AppError("not-allowed-now", `This app is at ${address} now. Open it there.`);
  };
  return new Hono<WebEnv>()
    .get(routes.appWithoutSlash.pattern, (c) =>
      c.redirect(routes.app.href({ slug: deps.apps.open(c.req.param("slug")).slug }), 301),
    )
    .all(routes.appApi.pattern, serve)
    .all(routes.app.pattern, async (c) => (elsewhere === null ? serve(c) : sendOn(c, elsewhere)))
    .all(routes.appData.pattern, (c) => {
      const slug = c.req.header("X-App-Context");
      if (slug === undefined)
        throw new AppError(
          "bad-input",
          "Say which app is meant, with the header “X-App-Context: <its address>”.",
        );
      const app = deps.apps.open(slug);
      const url = new URL(c.req.url);
      url.pathname = `${routes.app.href({ slug: app.slug })}${c.req.path.slice(1)}`;
      return answer(c, app, new Request(url, c.req.raw));
    });
};

// An app knows only where people see it.
const seen = (request: Request): Request => {
  const url = new URL(request.url);
  const path = inFull(url.pathname);
  if (path === url.pathname) return request;
  url.pathname = path;
  return new Request(url, request);
};

// Milepost's own ids are UUIDs too, written without them.
const withDashes = (id: string): string => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
