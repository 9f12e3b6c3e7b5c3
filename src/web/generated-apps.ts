import { type Context, Hono } from "hono";
import { importByErrand } from "#apps/import-by-errand.ts";
import type { OpenApp } from "#apps/registry.ts";
import { createGeneratedApp } from "#apps/runtime/app.tsx";
import type { AppSchema } from "#apps/runtime/schema.ts";
import { AppError } from "#core/errors.ts";
import { inFull } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import { type AppsOrigin, addressAt } from "./apps-origin.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

type AppsDeps = Pick<WebDeps, "apps" | "appAssets" | "clock" | "errands" | "newId" | "log">;

/**
 * Generated apps, each below its own address and over its own database. An app is handed nothing of Milepost's but the clock. Programs
 * may also ask `/api/db/…` with `X-App-Context: <slug>`. `elsewhere`: the pages are there, and whoever asks for one is sent on.
 */
export const generatedApps = (deps: AppsDeps, elsewhere: AppsOrigin["apps"] | null) => {
  // By schema: a migrated, restored or replaced app has another one, in its own right.
  const built = new WeakMap<AppSchema, Hono>();
  const appOf = ({ slug, schema, db }: OpenApp): Hono => {
    const there = built.get(schema);
    if (there !== undefined) return there;
    const app = createGeneratedApp({
      schema,
      db,
      base: routes.app.href({ slug }),
      assets: deps.appAssets,
      clock: { now: deps.clock.now, newId: () => withDashes(deps.newId()) },
      importRows: importByErrand(deps.errands, db.name, schema),
      back: { href: routes.apps.href(), title: "Milepost" },
      onError: (error) => deps.log.error({ err: error, app: slug }, "a generated app failed"),
    });
    built.set(schema, app);
    return app;
  };
  const serve = (c: Context<WebEnv, "/apps/:slug/*">) =>
    appOf(deps.apps.open(c.req.param("slug"))).fetch(seen(c.req.raw));
  const sendOn = (c: Context<WebEnv>, place: AppsOrigin["apps"]) => {
    const address = addressAt(c, place);
    if (c.req.method === "GET" || c.req.method === "HEAD") return c.redirect(address, 302);
    throw new AppError("not-allowed-now", `This app is at ${address} now. Open it there.`);
  };
  return new Hono<WebEnv>()
    .get(routes.appWithoutSlash.pattern, (c) =>
      c.redirect(routes.app.href({ slug: deps.apps.open(c.req.param("slug")).slug }), 301),
    )
    .all(routes.appApi.pattern, serve)
    .all(routes.app.pattern, (c) => (elsewhere === null ? serve(c) : sendOn(c, elsewhere)))
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
      return appOf(app).fetch(new Request(url, c.req.raw));
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
