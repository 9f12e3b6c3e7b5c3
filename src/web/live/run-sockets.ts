import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "#web/deps.ts";
import type { Counters } from "./counters.ts";
import { createEventSockets, type SocketDeps } from "./event-sockets.ts";

/** The events of one run or of all runs as messages, each as the event stream sends it. */
export const runSockets = (deps: SocketDeps, counters: Counters) => {
  const { one, all } = createEventSockets(deps, counters, {
    greet: (runId, now) => ({ type: "connected", at: now, ...(runId === null ? {} : { runId }) }),
    tell: (_runId, events) => events,
  });
  return new Hono<WebEnv>().get(routes.sockets.runs.pattern, all).get(routes.sockets.run.pattern, one);
};
