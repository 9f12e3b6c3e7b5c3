import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import type { Counters } from "./counters.ts";
import { createEventChannels } from "./event-channels.ts";
import { openRawStream } from "./raw-stream.ts";
import { versionOf } from "./run-views.tsx";

/** The events of a run as they happen: `Last-Event-ID` or `?after=` says what the reader has already. */
export const sse = (deps: Pick<WebDeps, "engine" | "store" | "log" | "clock">, counters: Counters) => {
  const channels = createEventChannels(deps);
  return new Hono<WebEnv>().get("/api/runs/:id/events", async (c) => {
    const runId = c.req.param("id");
    const last = lastSeen(c);
    await versionOf(deps, runId);
    // We serve HTTP/1 only, so the response is Node's plain one.
    const stream = openRawStream(c.env.outgoing as ServerResponse, deps.clock, counters);
    channels.follow(runId, { last, ...stream }).catch((error: unknown) => {
      deps.log.error({ err: error, runId }, "an event stream ended because the events could not be read");
      stream.end();
    });
    return RESPONSE_ALREADY_SENT;
  });
};

const lastSeen = (c: Context<WebEnv>): number => {
  const given = c.req.header("Last-Event-ID") ?? c.req.query("after") ?? "0";
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new AppError("bad-input", "“after” must be the number of an event.", { field: "after" });
};
