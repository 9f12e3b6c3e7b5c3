import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import type { Counters } from "./counters.ts";
import { answerFragment } from "./fragment.ts";
import { type RunViews, versionOf } from "./run-views.tsx";

/**
 * What an open page asks every two seconds. Nothing new: 204 from memory, without a render and without a query. A page whose time left is
 * out of date though nothing happened is drawn anew, once for all who watch.
 */
export const poll = (deps: Pick<WebDeps, "engine" | "clock">, views: RunViews, counters: Counters) =>
  new Hono<WebEnv>().get(routes.progress.pattern, async (c) => {
    const runId = c.req.param("id");
    const version = await versionOf(deps, runId);
    const stale = deps.clock.now() >= Number(c.req.query("until") ?? Number.POSITIVE_INFINITY);
    // The version stands still while the store refuses what happened.
    const shown = c.req.query("unrecorded") === deps.engine.unrecorded(runId)?.since.toString();
    if (c.req.query("v") === String(version) && !stale && shown) {
      counters.pollsUnchanged += 1;
      return c.body(null, 204);
    }
    counters.pollsChanged += 1;
    const look = await views.look(runId, version, stale, c.get("identity"));
    return answerFragment(c, await look.since(c.req.query("seen")));
  });
