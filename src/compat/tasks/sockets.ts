import { Hono } from "hono";
import { isoTime } from "#compat/iso-time.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "#web/deps.ts";
import type { Counters } from "#web/live/counters.ts";
import { createEventSockets, type SocketDeps } from "#web/live/event-sockets.ts";
import { taskMessage } from "./message.ts";

/** The events of one task or of all tasks as messages of the task API. */
export const taskSockets = (deps: SocketDeps, counters: Counters) => {
  const { one, all } = createEventSockets(deps, counters, {
    greet: (runId, now) => ({
      type: "connected",
      timestamp: isoTime(now),
      since: now,
      ...(runId === null ? {} : { task_id: runId }),
    }),
    tell: async (runId, events) => {
      // Read after the events, so that it is never older than they are.
      const run = await deps.store.run(runId);
      return run === null ? [] : events.map((event) => taskMessage(event, run));
    },
  });
  return new Hono<WebEnv>()
    .get(routes.compat.taskSockets.pattern, all)
    .get(routes.compat.taskSocket.pattern, one);
};
