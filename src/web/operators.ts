import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { runStates } from "#core/states.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { type Counters, statusClasses } from "./live/counters.ts";
import type { LoopDelay } from "./loop-delay.ts";
import { hiddenIn } from "./seen.ts";

/** For those who run the server: is it up, can it work, what does it do. */
export const operators = (
  deps: Pick<WebDeps, "engine" | "store" | "log" | "loopDelay">,
  counters: Counters,
) =>
  new Hono<WebEnv>()
    .get(routes.healthy.pattern, (c) => c.text("ok\n"))
    .get(routes.ready.pattern, async (c) => {
      try {
        await deps.store.healthy();
        return c.text("ready\n");
      } catch (error) {
        deps.log.error({ err: error }, "the store is not healthy");
        return c.text("The store cannot be written. The server's log says why.\n", 503);
      }
    })
    .get(routes.metrics.pattern, async (c) => {
      const runs = await deps.engine.countRuns(hiddenIn(c));
      return c.body(metrics(runs, counters, deps.loopDelay()), 200, {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
      });
    });

/** The text format of Prometheus, version 0.0.4. */
const metrics = (runs: Readonly<Record<string, number>>, counters: Counters, delay: LoopDelay): string =>
  [
    "# HELP milepost_runs Runs by state.",
    "# TYPE milepost_runs gauge",
    ...runStates.map((state) => `milepost_runs{state="${state}"} ${runs[state] ?? 0}`),
    "# HELP milepost_event_loop_delay_seconds How long a request had to wait for other work, since the last time this was asked for.",
    "# TYPE milepost_event_loop_delay_seconds summary",
    `milepost_event_loop_delay_seconds{quantile="0.5"} ${delay.p50}`,
    `milepost_event_loop_delay_seconds{quantile="0.99"} ${delay.p99}`,
    `milepost_event_loop_delay_seconds{quantile="1"} ${delay.max}`,
    "# HELP milepost_http_requests_total Requests answered, by the class of their status.",
    "# TYPE milepost_http_requests_total counter",
    ...statusClasses.map(
      (status) => `milepost_http_requests_total{status="${status}"} ${counters.requests[status]}`,
    ),
    "# HELP milepost_polls_total Polls of open pages: 204 found nothing new, 200 was given a fragment.",
    "# TYPE milepost_polls_total counter",
    `milepost_polls_total{status="204"} ${counters.pollsUnchanged}`,
    `milepost_polls_total{status="200"} ${counters.pollsChanged}`,
    "# HELP milepost_renders_total Fragments rendered for polls.",
    "# TYPE milepost_renders_total counter",
    `milepost_renders_total ${counters.renders}`,
    "# HELP milepost_event_streams Event streams open now.",
    "# TYPE milepost_event_streams gauge",
    `milepost_event_streams ${counters.streams}`,
    "# HELP milepost_event_streams_dropped_total Event streams ended because their reader was too slow.",
    "# TYPE milepost_event_streams_dropped_total counter",
    `milepost_event_streams_dropped_total ${counters.streamsDropped}`,
    "# HELP milepost_web_sockets WebSockets open now.",
    "# TYPE milepost_web_sockets gauge",
    `milepost_web_sockets ${counters.sockets}`,
    "# HELP milepost_web_sockets_dropped_total WebSockets closed because their reader was too slow.",
    "# TYPE milepost_web_sockets_dropped_total counter",
    `milepost_web_sockets_dropped_total ${counters.socketsDropped}`,
    "",
  ].join("\n");
