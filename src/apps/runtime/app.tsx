import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { addresses } from "./addresses.ts";
import { dataApi } from "./api.ts";
import { askedBy, asker, languageIn } from "./asker.ts";
import type { Assets } from "./assets.ts";
import { binRoutes } from "./bin-routes.tsx";
import { boardRoutes } from "./board-routes.tsx";
import type { Clock } from "./clock.ts";
import { type ImportRows, importCsv } from "./csv-read.ts";
import { csvRoutes } from "./csv-routes.tsx";
import type { AppDatabase } from "./dialect.ts";
import { homeRoutes } from "./home-routes.tsx";
import { isFragment, listRoutes } from "./list-routes.tsx";
import { Note, RefusalPage } from "./page.tsx";
import { Refusal, type RefusalCode, refusals } from "./refusal.ts";
import { rowRoutes } from "./row-routes.tsx";
import type { AppSchema } from "./schema.ts";
import type { Site } from "./site.ts";

export interface GeneratedAppOptions {
  schema: AppSchema;
  db: AppDatabase;
  /** Where it stands: "/apps/crm/", or "/" when it stands alone. Begins and ends with a slash. */
  base: string;
  assets: Assets;
  clock: Clock;
  /** Default: in this process. */
  importRows?: ImportRows;
  /** Where people import rows into a table, if whoever serves the app has a place for that. */
  importAt?(table: string): string;
  /** Whether whoever asks may change rows. Default: true. */
  mayChange?: boolean;
  /** Where whoever serves it is at home. */
  back?: { href: string; title: string };
  /** Is told of what nobody expected; people see only that something went wrong. */
  onError?(error: unknown): void;
}

/** The largest body that a form, a row or a CSV file needs. */
const mostBodyBytes = 1024 * 1024;

/** A generated app over its database, whose tables must be there: pages, data API and files. It knows nothing beyond its own base. */
export const createGeneratedApp = (options: GeneratedAppOptions): Hono => {
  const { schema, db, base, assets, clock, back = null, mayChange = true } = options;
  const { importAt = null, importRows = async (wish) => importCsv({ db, schema, clock }, wish) } = options;
  const to = addresses(base);
  const site: Site = {
    schema,
    db,
    clock,
    importRows,
    importAt,
    back,
    to,
    mayChange,
    version: assets.version,
  };
  // Its first page is the base itself, with the slash at its end.
  const app = new Hono({ strict: false }).basePath(base === "/" ? "/" : base.slice(0, -1));
  const api = `${base}api/`;
  const refuse = (c: Context, thrown: unknown) => {
    const refusal = expected(thrown);
    if (refusal === null) options.onError?.(thrown);
    const { code, message, field } =
      refusal ?? new Refusal("internal", "Something went wrong inside this app. Nothing was changed.");
    return answer(c, { code, message, field });
  };
  const answer = (c: Context, error: { code: RefusalCode; message: string; field: string | undefined }) => {
    const status = refusals[error.code];
    if (c.req.path.startsWith(api)) return c.json({ error }, status);
    if (isFragment(c)) return c.html(<Note tone="bad">{error.message}</Note>, status);
    return c.html(<RefusalPage site={site} sentence={error.message} />, status);
  };
  app.onError((error, c) => refuse(c, error));
  app.notFound((c) => refuse(c, new Refusal("not-found", "There is no such page.")));
  return app
    .use(
      bodyLimit({
        maxSize: mostBodyBytes,
        onError: (c) =>
          refuse(c, new Refusal("too-large", "This is larger than an app takes at once: 1 MiB.")),
      }),
    )
    .use((c, next) => askedBy({ ...asker(), language: languageIn(c.req.header("Accept-Language")) }, next))
    .use(async (c, next) => {
      const looks = ["GET", "HEAD"].includes(c.req.method);
      if (!mayChange && (!looks || changingPage.test(c.req.path.slice(base.length))))
        throw new Refusal("forbidden", "You may look at this app, but not change what is in it.");
      await next();
    })
    .get("/assets/:name", (c) => {
      const asset = assets.get(c.req.param("name"));
      if (asset === null) throw new Refusal("not-found", "There is no such file.");
      return c.body(asset.bytes, 200, {
        "Content-Type": asset.type,
        "Cache-Control": c.req.query("v") === undefined ? "no-cache" : "public, max-age=31536000, immutable",
      });
    })
    .route("/api", dataApi(site))
    .all("/api/*", () => {
      throw new Refusal("not-found", "There is no such address in the data API.");
    })
    .use(async (_c, next) => {
      if (schema.pages === false)
        throw new Refusal(
          "not-found",
          "This app is being made and has no pages yet. The run that makes it shows how far it is.",
        );
      await next();
    })
    .route("/", homeRoutes(site))
    .route("/", binRoutes(site))
    .route("/", csvRoutes(site))
    .route("/", boardRoutes(site))
    .route("/", rowRoutes(site))
    .route("/", listRoutes(site));
};

/** Pages that are there to change something. */
const changingPage = /^_bin|^[^/]+\/(?:new|import|rows\/[^/]+\/(?:edit|delete))$/;

const expected = (thrown: unknown): Refusal | null => {
  if (thrown instanceof Refusal) return thrown;
  return thrown instanceof HTTPException && thrown.status < 500
    ? new Refusal("bad-input", "This request cannot be read.")
    : null;
};
