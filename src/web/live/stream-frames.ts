import type { ServerResponse } from "node:http";
import type { Context } from "hono";
import type { FeedEvent } from "#core/event.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import type { Counters } from "./counters.ts";
import type { EventChannels, Numbered } from "./event-channels.ts";
import { openRawStream, type RawStream } from "./raw-stream.ts";

/** A server-sent event as it goes over the wire (WHATWG HTML, section 9.2). */
export interface Frame extends Numbered {
  bytes: Uint8Array;
}

/** An event of a run: JSON holds no line break, so one `data` line is enough. */
export const eventFrame = (event: FeedEvent): Frame => ({
  n: event.n,
  bytes: Buffer.from(`id: ${event.n}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
});

/** Which run, and the number of the last frame of it that the reader has. */
interface Followed {
  runId: string;
  last: number;
}

/** Answers a request by an event stream: the frames of a run that its reader lacks, then each that comes. */
export const streamFrames = (
  c: Context<WebEnv>,
  { engine, beats, log }: Pick<WebDeps, "engine" | "beats" | "log">,
  counters: Counters,
  channels: EventChannels<Frame>,
  { runId, last }: Followed,
): RawStream => {
  // We serve HTTP/1 only, so the response is Node's plain one.
  const stream = openRawStream(c.env.outgoing as ServerResponse, beats, counters);
  engine.openLines.readAlong(runId, stream.signal);
  const send = ({ bytes }: Frame) => stream.send(bytes);
  channels.follow(runId, { ...stream, last, send }).catch((error: unknown) => {
    log.error({ err: error, runId }, "an event stream ended because what it sends could not be read");
    stream.end();
  });
  return stream;
};
