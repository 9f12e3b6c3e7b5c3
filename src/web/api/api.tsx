import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { routes } from "#core/routes.ts";
import { ApiDocsPage } from "#views/api-docs.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import type { ListChanges } from "#web/live/live-list.ts";
import { pageProps } from "#web/page-props.ts";
import { workflowsIn } from "#web/seen.ts";
import { accessApi } from "./access.ts";
import { accountApi } from "./account.ts";
import { appsApi } from "./apps.ts";
import { auditApi } from "./audit.ts";
import { botsApi } from "./bots.ts";
import { chatApi } from "./chat.ts";
import { connectionsApi } from "./connections.ts";
import { deleteRunApi } from "./delete-run.ts";
import { exportsApi } from "./exports.ts";
import { filesApi } from "./files.ts";
import { hooksApi } from "./hooks.ts";
import { itemsApi } from "./items.ts";
import { keptApi } from "./kept.ts";
import { nodesApi } from "./nodes.ts";
import { notificationsApi } from "./notifications.ts";
import { peopleApi } from "./people.ts";
import { createRouter, json, query, refusals } from "./router.ts";
import { runParams, runsApi } from "./runs.ts";
import { schedulesApi } from "./schedules.ts";
import { scriptsApi } from "./scripts.ts";
import { sharesApi } from "./shares.ts";
import { stepsApi } from "./steps.ts";
import { storageApi } from "./storage.ts";
import { workflowFilesApi } from "./workflow-files.ts";
import { valuesOfWorkflows, workflowsApi } from "./workflows.ts";

const about =
  "Starts runs, watches them, answers their questions and lists exports. Times are milliseconds since 1970.";

/** The same verbs as the pages, as JSON, with a description for programs and for people; `others` is described with it. */
export const api = (
  deps: WebDeps,
  others: readonly OpenAPIHono<WebEnv>[],
  changes: Pick<ListChanges, "tell">,
): OpenAPIHono<WebEnv> => {
  const app = createRouter();
  app.route("/", workflowsApi(deps));
  app.route("/", workflowFilesApi(deps));
  app.route("/", scriptsApi(deps));
  app.route("/", runsApi(deps));
  app.route("/", deleteRunApi(deps));
  app.route("/", stepsApi(deps));
  app.route("/", itemsApi(deps));
  app.route("/", exportsApi(deps, changes));
  app.route("/", chatApi(deps));
  app.route("/", appsApi(deps));
  app.route("/", filesApi(deps));
  app.route("/", keptApi(deps));
  app.route("/", sharesApi(deps));
  app.route("/", connectionsApi(deps));
  app.route("/", botsApi(deps));
  app.route("/", peopleApi(deps));
  app.route("/", accountApi(deps));
  app.route("/", schedulesApi(deps));
  app.route("/", notificationsApi(deps));
  app.route("/", hooksApi(deps));
  app.route("/", auditApi(deps));
  app.route("/", accessApi(deps));
  app.route("/", storageApi(deps));
  app.route("/", nodesApi(deps));
  for (const other of others) app.route("/", other);
  app.openapi(versionRoute, (c) => c.json({ version: deps.news.version }, 200));
  app.openAPIRegistry.registerPath(eventsRoute);
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  const describe = (c: Context<WebEnv>) => {
    const doc = app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: { title: "Milepost", version: deps.news.version, description: about },
      security: [{ token: [] }],
    });
    const { schemas = {} } = doc.components ?? {};
    const values = valuesOfWorkflows(workflowsIn(c, deps), schemas.StartValues);
    return { ...doc, components: { ...doc.components, schemas: { ...schemas, ...values } } };
  };
  app.get(routes.api.openApi.pattern, (c) => c.json(describe(c)));
  app.get(routes.api.docs.pattern, (c) => c.html(<ApiDocsPage {...pageProps(c, deps)} doc={describe(c)} />));
  return app;
};

const versionRoute = createRoute({
  method: "get",
  path: routes.api.version.template,
  summary: "Which version of Milepost this is",
  responses: {
    200: json(z.object({ version: z.string() }), "Three numbers, by semver.org."),
    ...refusals,
  },
});

const eventsRoute = createRoute({
  method: "get",
  path: routes.api.events.template,
  summary: "Follow the events of a run",
  description: `Server-sent events: \`id\` is the event's number, \`event\` its type, \`data\` its JSON. After a break \`Last-Event-ID\` brings what was missed, nothing twice. The same events as WebSocket messages: \`${routes.sockets.run.template}?after=\`, and of all runs \`${routes.sockets.runs.template}?since=\`.`,
  request: {
    params: runParams,
    query: query({
      after: z.string().optional().openapi({ description: "Only events after this number." }),
    }),
  },
  responses: {
    200: { description: "The stream.", content: { "text/event-stream": { schema: z.string() } } },
    ...refusals,
  },
});
