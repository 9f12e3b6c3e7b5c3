import { routes } from "#core/routes.ts";
import type { WebDeps } from "#web/deps.ts";
import type { Poll } from "./poll.ts";
import { type RunViews, versionOf } from "./run-views.tsx";

/** A run's page. One whose time left is out of date though nothing happened is drawn anew, once for all who watch. */
export const runPoll = (deps: Pick<WebDeps, "engine" | "clock" | "notify">, views: RunViews): Poll => ({
  route: routes.progress,
  isPoll: (told) => told("looked") === undefined,
  lacks: async ({ id = "" }, told, who) => {
    deps.notify.watching.saw(who.person.id, id);
    const version = await versionOf(deps, id);
    const stale = deps.clock.now() >= Number(told("until") ?? Number.POSITIVE_INFINITY);
    // The version stands still while the store refuses what happened.
    const shown = told("unrecorded") === deps.engine.unrecorded(id)?.since.toString();
    if (told("v") === String(version) && !stale && shown) return null;
    const look = await views.look(id, version, stale, who);
    return look.since(told("seen"));
  },
});
