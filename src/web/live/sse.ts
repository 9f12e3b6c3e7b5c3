import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { alreadySent } from "./already-sent.ts";
import type { Counters } from "./counters.ts";
import { createEventChannels } from "./event-channels.ts";
import { lastSeen } from "./last-seen.ts";
import { versionOf } from "./run-views.tsx";
import { eventFrame, type Frame, streamFrames } from "./stream-frames.ts";

/** The events of a run as they happen: `Last-Event-ID` or `?after=` says what the reader has already. */
export const sse = (deps: Pick<WebDeps, "engine" | "store" | "log" | "beats">, counters: Counters) => {
  const channels = createEventChannels<Frame>({
    ...deps,
    read: async (runId, after, limit) => (await deps.store.events(runId, after, limit)).map(eventFrame),
  });
  return new Hono<WebEnv>().get(routes.api.events.pattern, async (c) => {
    const runId = c.req.param("id");
    const last = lastSeen(c);
    await versionOf(deps, runId);
    streamFrames(c, deps, counters, channels, { runId, last });
    return alreadySent();
  });
};
