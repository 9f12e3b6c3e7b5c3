import { Readable } from "node:stream";
import { Hono } from "hono";
import { projectZip } from "#apps/project.ts";
import type { OpenApp } from "#apps/registry.ts";
import { countRows } from "#apps/runtime/rows.ts";
import { appMaker } from "#core/needs.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { AppsPage, type AppView } from "#views/apps.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { bringBackApp, removeApp } from "#web/remove-app.ts";
import { hiddenIn, workflowsIn } from "#web/seen.ts";
import { attachment } from "./disposition.ts";

const changerId = "change-app";
const appsPerPage = 30;

/** The list of generated apps, taking one along, and deleting one. */
export const appsPages = (
  deps: Pick<WebDeps, "apps" | "engine" | "errands" | "store" | "clock" | "staticFiles">,
) =>
  new Hono<WebEnv>()
    .get(routes.apps.pattern, (c) => {
      const after = c.req.query("after") ?? "";
      const who = c.get("identity");
      const mayStart = (workflowId: string) =>
        workflowsIn(c, deps).some(({ id }) => id === workflowId) && can(who, "run", { workflowId });
      const isThere = !hiddenIn(c).includes(appMaker);
      const { rows, damaged, next } = isThere
        ? deps.apps.list({ after, limit: appsPerPage }, viewOf)
        : { rows: [], damaged: [], next: null };
      return c.html(
        <AppsPage
          {...pageProps(c, deps)}
          apps={rows}
          damaged={damaged}
          after={after}
          next={next}
          makerId={mayStart(appMaker) ? appMaker : null}
          may={{ change: mayStart(changerId), delete: can(who, "admin", null) }}
          removed={can(who, "admin", null) ? deps.apps.removed() : []}
          now={deps.clock.now()}
        />,
      );
    })
    .get(routes.appProject.pattern, async (c) => {
      const app = deps.apps.open(c.req.param("file").slice(0, -".zip".length));
      c.header("Content-Type", "application/zip");
      c.header("Content-Disposition", attachment(`${app.slug}.zip`));
      return c.body(Readable.toWeb(await projectZip(app, deps.errands)) as ReadableStream);
    })
    .post(routes.removeApp.pattern, async (c) => {
      await removeApp(deps, String((await c.req.parseBody()).slug), c.get("identity").by);
      return c.redirect(routes.apps.href(), 303);
    })
    .post(routes.bringBackApp.pattern, async (c) => {
      await bringBackApp(deps, String((await c.req.parseBody()).slug), c.get("identity").by);
      return c.redirect(routes.apps.href(), 303);
    });

const viewOf = ({ slug, db, schema, createdAt }: OpenApp): AppView => ({
  slug,
  title: schema.title,
  createdAt,
  tables: Object.entries(schema.tables).map(([name, { title }]) => ({
    title,
    rows: countRows({ db, schema }, name),
  })),
});
