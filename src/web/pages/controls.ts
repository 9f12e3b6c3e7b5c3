import { type Context, Hono } from "hono";
import { routes } from "#core/routes.ts";
import { runVerbs } from "#core/verbs.ts";
import { command, retryStep } from "#web/commands.ts";
import type { WebEnv } from "#web/deps.ts";
import type { RunViews } from "#web/live/run-views.tsx";
import { wants } from "#web/wants.ts";
import { type RunPageDeps, showRun } from "./run.tsx";

/** The buttons of a run and of its steps, but for the answers. */
export const controls = (deps: RunPageDeps, views: RunViews) => {
  const app = new Hono<WebEnv>();
  for (const verb of runVerbs) {
    app.post(routes.control[verb].pattern, async (c) => {
      const id = c.req.param("id");
      await command(deps.engine, verb, id, c.get("identity").name, c.req.query("to"));
      return showAfter(c, deps, views, id);
    });
  }
  return app
    .post(routes.step.skip.pattern, async (c) => {
      const { id, step } = c.req.param();
      await deps.engine.skip(id, step, c.get("identity").name);
      return showAfter(c, deps, views, id);
    })
    .post(routes.step.retry.pattern, async (c) => {
      const { id, step } = c.req.param();
      await retryStep(deps.engine, id, step, c.get("identity").name);
      return showAfter(c, deps, views, id);
    });
};

/** After a change: the fresh fragment for htmx, the run's page for a plain form. */
export const showAfter = (
  c: Context<WebEnv>,
  deps: RunPageDeps,
  views: RunViews,
  runId: string,
): Response | Promise<Response> =>
  wants(c) === "fragment" ? showRun(c, deps, views, runId) : c.redirect(routes.run.href({ id: runId }), 303);
