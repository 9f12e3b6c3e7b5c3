import { Hono } from "hono";
import type { LogLine } from "#core/event.ts";
import { routes } from "#core/routes.ts";
import { LogLines, OpenLines } from "#views/run/log-lines.tsx";
import { visibleHtml } from "#views/visible-html.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { alreadySent } from "./already-sent.ts";
import type { Counters } from "./counters.ts";
import { createEventChannels } from "./event-channels.ts";
import { lastSeen } from "./last-seen.ts";
import type { RawStream } from "./raw-stream.ts";
import { versionOf } from "./run-views.tsx";
import { type Frame, streamFrames } from "./stream-frames.ts";

type StreamDeps = Pick<WebDeps, "engine" | "store" | "log" | "beats">;

/**
 * The log of a run as it is written, for those who look at it: each line drawn once for all of them, and what a program may still write
 * over as it stands. Everything else on a page comes by its poll.
 */
export const logStream = (deps: StreamDeps, counters: Counters) => {
  const channels = createEventChannels<Frame>({
    ...deps,
    read: async (runId, after, limit) =>
      (await deps.store.logs(runId, { after, limit })).map((line) => frameOf(runId, line)),
  });
  const open = createOpenFrames(deps.engine);
  return new Hono<WebEnv>().get(routes.logLive.pattern, async (c) => {
    const runId = c.req.param("id");
    const last = lastSeen(c);
    await versionOf(deps, runId);
    open.follow(runId, streamFrames(c, deps, counters, channels, { runId, last }));
    return alreadySent();
  });
};

const frameOf = (runId: string, line: LogLine): Frame => {
  const html = visibleHtml(String(<LogLines runId={runId} lines={[line]} />));
  return {
    n: line.n,
    bytes: Buffer.from(`id: ${line.n}\ndata: ${JSON.stringify({ n: line.n, step: line.stepId, html })}\n\n`),
  };
};

/** What may still be written over, drawn once for all who look at the run. */
const createOpenFrames = ({ openLines }: StreamDeps["engine"]) => {
  const streams = new Map<string, Set<RawStream>>();
  const draw = (runId: string): Uint8Array => {
    const html = visibleHtml(String(<OpenLines steps={openLines.of(runId)} />));
    return Buffer.from(`event: unended\ndata: ${JSON.stringify(html)}\n\n`);
  };
  openLines.listen((runId) => {
    const watching = streams.get(runId);
    if (watching === undefined) return;
    const frame = draw(runId);
    for (const stream of watching) stream.send(frame);
  });
  return {
    follow: (runId: string, stream: RawStream) => {
      const watching = streams.get(runId) ?? new Set();
      streams.set(runId, watching.add(stream));
      stream.signal.addEventListener("abort", () => {
        watching.delete(stream);
        if (watching.size === 0 && streams.get(runId) === watching) streams.delete(runId);
      });
      stream.send(draw(runId));
    },
  };
};
