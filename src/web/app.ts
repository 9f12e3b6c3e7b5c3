import type { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { api } from "./api/api.tsx";
import { appsAwake } from "./apps-awake.ts";
import type { AppsOrigin } from "./apps-origin.ts";
import type { WebEnv } from "./deps.ts";
import { createIdentify, door, limitedBodies, withBody } from "./door.ts";
import { answerError } from "./errors.tsx";
import { finish } from "./finish.ts";
import { createFront, type Front } from "./front.ts";
import type { Gated } from "./gates.ts";
import { generatedApps } from "./generated-apps.ts";
import { hookCalls } from "./hook-calls.ts";
import type { Counters } from "./live/counters.ts";
import { heldOpen } from "./live/held-open.ts";
import { createListChanges } from "./live/live-list.ts";
import { logStream } from "./live/log-stream.tsx";
import { counted, pollPages } from "./live/poll.ts";
import { createRenderings } from "./live/renderings.ts";
import { runPoll } from "./live/run-poll.ts";
import { runSockets } from "./live/run-sockets.ts";
import { createRunViews } from "./live/run-views.tsx";
import { sse } from "./live/sse.ts";
import { oauthForAgents } from "./oauth.ts";
import { operators } from "./operators.ts";
import { accessPages } from "./pages/access.tsx";
import { agentSignInPages } from "./pages/agent-sign-in.tsx";
import { anotherDevicePages } from "./pages/another-device.tsx";
import { appsPages } from "./pages/apps.tsx";
import { botPages } from "./pages/bots.tsx";
import { changesPages } from "./pages/changes.tsx";
import { chatPages } from "./pages/chat.tsx";
import { connectionPages } from "./pages/connections.tsx";
import { controls } from "./pages/controls.ts";
import { decidePages } from "./pages/decide.tsx";
import { deleteRunsPages } from "./pages/delete-runs.tsx";
import { deliveryPages } from "./pages/deliveries.tsx";
import { docsPages } from "./pages/docs.tsx";
import { durationPages } from "./pages/durations.tsx";
import { enterAppPages } from "./pages/enter-app.tsx";
import { createExports } from "./pages/exports.tsx";
import { filePages } from "./pages/file.ts";
import { findPages } from "./pages/find.tsx";
import { createHome } from "./pages/home.tsx";
import { inputPages } from "./pages/input.tsx";
import { itemPages } from "./pages/items.tsx";
import { keptPages } from "./pages/kept.ts";

import { linkAccountPages } from "./pages/link-account.tsx";
import { nodesPages } from "./pages/nodes.tsx";
import { notificationPages } from "./pages/notifications.tsx";
import { passkeyPages } from "./pages/passkeys.ts";
import { peoplePages } from "./pages/people.tsx";
import { runPages } from "./pages/run.tsx";
import { createRuns } from "./pages/runs.tsx";
import { schedulePages } from "./pages/schedules.tsx";
import { scriptPages } from "./pages/scripts.tsx";
import { settingsPages } from "./pages/settings.tsx";
import { sharedPages } from "./pages/shared.tsx";
import { sharesPages } from "./pages/shares.tsx";
import { signInPages } from "./pages/sign-in.tsx";
import { singleSignOnPages } from "./pages/single-sign-on.tsx";
import { storagePages } from "./pages/storage.tsx";
import { createWorkflows, takesFiles } from "./pages/workflow.tsx";
import { workflowFilePages } from "./pages/workflow-files.tsx";
import { phoneApp } from "./phone-app.ts";
import { createPresses } from "./presses.ts";
import { createPublicNames, sessionCookieAt } from "./public-names.ts";
import { requestLog } from "./request-log.ts";
import { staticRoutes } from "./static.ts";
import { streams } from "./turnstile.ts";

/** What stays open. */
const held = [...streams, routes.mcp].map(({ pattern }) => pattern);

/** What may answer only when a run has ended. */
const waits = [routes.mcp, routes.compat.createBotSteps, routes.api.startRun].map(({ pattern }) => pattern);

export interface App {
  /** Everything that answers HTTP: pages, polls, streams, the API and what operators need. */
  router: Hono<WebEnv>;
  /** What comes before it. */
  front: Front;
}

/** `others` are addresses of rooms that web does not know, guarded and described like its own. */
export const createApp = (
  deps: Gated,
  counters: Counters,
  others: readonly OpenAPIHono<WebEnv>[] = [],
): App => {
  const renderings = createRenderings(counters);
  const views = createRunViews(deps, renderings);
  const changes = createListChanges(deps.engine);
  const home = createHome(deps, renderings, changes);
  const runs = createRuns(deps, renderings, changes);
  const exports = createExports(deps, renderings, changes);
  const presses = createPresses(deps.clock, deps.moments);
  const workflows = createWorkflows(deps, renderings, changes, presses);
  const polls = [runPoll(deps, views), home.poll, runs.poll, exports.poll, workflows.poll].map((poll) =>
    counted(poll, counters),
  );
  const names = createPublicNames(deps);
  const identify = createIdentify(deps);
  const { gates } = deps;
  const cookieAt = sessionCookieAt(deps);
  const router = new Hono<WebEnv>();
  router.onError((error, c) => answerError(deps, error, c));
  router.notFound((c) => answerError(deps, new AppError("not-found", "There is no such page."), c));
  router
    .use(requestLog(deps, counters))
    .use(finish())
    .use(door(deps, names, identify))
    .on("GET", held, heldOpen(deps, identify))
    .on("POST", waits, heldOpen(deps, identify))
    .on(withBody, "*", limitedBodies(takesFiles(deps.engine)))
    .route("/", operators(deps, counters))
    .route("/", staticRoutes(deps))
    .route("/", signInPages(deps, gates.tries))
    .route("/", passkeyPages(deps, gates.tries))
    .route("/", singleSignOnPages(deps, gates.tries))
    .route("/", oauthForAgents(deps))
    .route("/", agentSignInPages(deps))
    .route("/", docsPages(deps))
    .route("/", pollPages(polls))
    .route("/", home.pages)
    .route("/", workflowFilePages(deps))
    .route("/", scriptPages(deps))
    .route("/", workflows.pages)
    .route("/", keptPages(deps))
    .route("/", schedulePages(deps))
    .route("/", phoneApp())
    .route("/", notificationPages(deps))
    .route("/", deliveryPages(deps))
    .route("/", decidePages(deps))
    .route("/", hookCalls(deps))
    .route("/", findPages(deps))
    .route("/", chatPages(deps))
    .route("/", durationPages(deps))
    .route("/", runs.pages)
    .route("/", deleteRunsPages(deps))
    .route("/", runPages(deps, views))
    .route("/", controls(deps, views))
    .route("/", itemPages(deps, views))
    .route("/", inputPages(deps, presses))
    .route("/", exports.pages)
    .route("/", filePages(deps))
    .route("/", sharesPages(deps))
    .route("/", sharedPages(deps, renderings, counters))
    // Behind the rooms of runs, whose way it does not make longer.
    .use(appsAwake(deps))
    .route("/", appsPages(deps))
    .route("/", enterAppPages(deps))
    .route("/", generatedApps(deps, deps.appsOrigin))
    .route("/", connectionPages(deps))
    .route("/", accessPages(deps))
    .route("/", botPages(deps))
    .route("/", settingsPages(deps))
    .route("/", linkAccountPages(deps))
    .route("/", peoplePages(deps))
    .route("/", storagePages(deps))
    .route("/", nodesPages(deps))
    .route("/", anotherDevicePages(deps))
    .route("/", changesPages(deps))
    .route("/", logStream(deps, counters))
    .route("/", sse(deps, counters))
    .route("/", runSockets(deps, counters))
    .route("/", api(deps, others, changes));
  return { router, front: createFront({ names, identify, gates, cookieAt, polls, counters }) };
};

/** Generated apps at an origin of their own, behind the same door; whatever else is asked for there is Milepost's. */
export const createAppsSite = (deps: Gated, counters: Counters, { ofMilepost }: AppsOrigin): App => {
  const names = createPublicNames(deps);
  const identify = createIdentify(deps);
  const router = new Hono<WebEnv>();
  router.onError((error, c) => answerError(deps, error, c));
  router.notFound((c) => answerError(deps, new AppError("not-found", "There is no such page."), c));
  router
    .use(requestLog(deps, counters))
    .use(finish())
    .use(door(deps, names, identify))
    .on(
      withBody,
      "*",
      limitedBodies(() => false),
    )
    .route("/", staticRoutes(deps))
    .use(appsAwake(deps, { everywhere: true }))
    .route("/", generatedApps(deps, null))
    .get("*", (c) => c.redirect(ofMilepost(c), 302));
  const cookieAt = sessionCookieAt(deps);
  return {
    router,
    front: createFront({ names, identify, gates: deps.gates, cookieAt, polls: [], counters }),
  };
};
