import { Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { filled } from "#core/filled.ts";
import type { Values } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "#web/deps.ts";
import type { RunViews } from "#web/live/run-views.tsx";
import { untilNextQuestion } from "#web/next-question.ts";
import { wants } from "#web/wants.ts";
import { showAfter } from "./controls.ts";
import { type RunPageDeps, showRun } from "./run.tsx";
import { sentForm } from "./sent-form.ts";

/** A person's answer to an ask step, or the question drawn anew with what was typed so far. */
export const answers = (deps: RunPageDeps, views: RunViews) =>
  new Hono<WebEnv>().post(routes.step.answer.pattern, async (c) => {
    const { id, step } = c.req.param();
    const { values, does, press } = await sentForm(c);
    if (does === "redraw") {
      const draft = await deps.engine.redraw(id, step, values, press ?? "");
      return showRun(c, deps, views, id, { draft });
    }
    try {
      const { name, kind } = c.get("identity");
      await deps.engine.answer(id, step, values, name, { press, byProgram: kind === "token" });
    } catch (thrown) {
      // A page that htmx holds keeps what was typed; any other page would lose it, so it is drawn again for every refusal.
      if (!isAboutAnswer(thrown) && wants(c) === "fragment") throw thrown;
      const { status, ...shown } = await refused(deps, id, step, values, thrown);
      return showRun(c, deps, views, id, { ...shown, status });
    }
    await untilNextQuestion(deps.engine, id, c.req.raw.signal);
    return showAfter(c, deps, views, id);
  });

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
