import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { filled } from "#core/filled.ts";
import type { Values } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { runVerbs } from "#core/rules.ts";
import type { WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import type { RunViews } from "#web/live/run-views.tsx";
import { patienceMs } from "#web/patience.ts";
import { doVerb } from "#web/run-verbs.ts";
import { type RunPageDeps, showRun } from "./run.tsx";
import { sentForm } from "./sent-form.ts";

/** The buttons of a run and of its steps, and the answers to its questions. */
export const controls = (deps: RunPageDeps, views: RunViews) => {
  const app = new Hono<WebEnv>();
  for (const verb of runVerbs) {
    app.post(routes.control[verb].pattern, async (c) => {
      const id = c.req.param("id");
      await doVerb(deps.engine, verb, id, c.get("identity").by, c.req.query());
      return showAfter(c, deps, views, id);
    });
  }
  return app
    .post(routes.deleteRun.pattern, async (c) => {
      const { values } = await sentForm(c);
      const what = { exports: values.exports === "yes" };
      const [removal] = await deps.engine.remove([c.req.param("id")], c.get("identity").by, what);
      if (removal?.refused) throw removal.refused;
      return c.redirect(routes.runs.href(), 303);
    })
    .post(routes.step.answer.pattern, async (c) => {
      const { id, step } = c.req.param();
      const { values, does, press } = await sentForm(c);
      if (does === "redraw") {
        const draft = await deps.engine.redraw(id, step, values, press ?? "");
        return showRun(c, deps, views, id, { draft });
      }
      try {
        const identity = c.get("identity");
        await deps.engine.answer(id, step, values, identity.by, {
          press,
          channel: identity.kind === "token" ? "token" : "page",
          person: identity.person,
        });
      } catch (thrown) {
        // A page that htmx holds keeps what was typed; any other page would lose it, so it is drawn again for every refusal.
        if (!isAboutAnswer(thrown) && answerKind(c) === "fragment") throw thrown;
        const { status, ...shown } = await refused(deps, id, step, values, thrown);
        return showRun(c, deps, views, id, { ...shown, status });
      }
      await deps.engine.settled(id, patienceMs, c.req.raw.signal);
      return showAfter(c, deps, views, id);
    })
    .post(routes.step.skip.pattern, async (c) => {
      const { id, step } = c.req.param();
      await deps.engine.skip(id, step, c.get("identity").by);
      return showAfter(c, deps, views, id);
    })
    .post(routes.step.retry.pattern, async (c) => {
      const { id, step } = c.req.param();
      await deps.engine.retry(id, c.get("identity").by, { stepId: step });
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
  answerKind(c) === "fragment"
    ? showRun(c, deps, views, runId)
    : c.redirect(routes.run.href({ id: runId }), 303);

const isAboutAnswer = (thrown: unknown): boolean =>
  thrown instanceof AppError && (thrown.code === "bad-answer" || thrown.code === "bad-input");

const refused = async (
  { engine }: RunPageDeps,
  runId: string,
  stepId: string,
  values: Values,
  thrown: unknown,
) => {
  if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
  const draft = await engine.redraw(runId, stepId, values, "").catch(() => {
    throw thrown;
  });
  const status = isAboutAnswer(thrown) ? 422 : httpStatus(thrown.code);
  return {
    draft: filled(draft, values),
    error: { message: thrown.message, field: thrown.field ?? null },
    status,
  };
};
