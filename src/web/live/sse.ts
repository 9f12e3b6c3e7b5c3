import type { ServerResponse } from "node:http";
import { Hono } from "hono";
import type { FeedEvent } from "#core/event.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { alreadySent } from "./already-sent.ts";
import type { Counters } from "./counters.ts";
import { createEventChannels, type Numbered } from "./event-channels.ts";
import { lastSeen } from "./last-seen.ts";
import { openRawStream } from "./raw-stream.ts";
import { versionOf } from "./run-views.tsx";

/** The events of a run as they happen: `Last-Event-ID` or `?after=` says what the reader has already. */
export const sse = (deps: Pick<WebDeps, "engine" | "store" | "log" | "beats">, counters: Counters) => {
  const channels = createEventChannels<Frame>({
    ...deps,
    read: async (runId, after, limit) => (await deps.store.events(runId, after, limit)).map(frameOf),
  });
  return new Hono<WebEnv>().get(routes.api.events.pattern, async (c) => {
    const runId = c.req.param("id");
    const last = lastSeen(c);
    await versionOf(deps, runId);
    // We serve HTTP/1 only, so the response is Node's plain one.
    const stream = openRawStream(c.env.outgoing as ServerResponse, deps.beats, counters);
    const send = ({ bytes }: Frame) => stream.send(bytes);
    channels.follow(runId, { ...stream, last, send }).catch((error: unknown) => {
      deps.log.error({ err: error, runId }, "an event stream ended because the events could not be read");
      stream.end();
    });
    return alreadySent();
  });
};

interface Frame extends Numbered {
  bytes: Uint8Array;
}

/** One event as server-sent event (WHATWG HTML, section 9.2): JSON holds no line break, so one `data` line is enough. */
const frameOf = (event: FeedEvent): Frame => ({
  n: event.n,
  bytes: Buffer.from(`id: ${event.n}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
});
