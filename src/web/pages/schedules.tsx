import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import type { Trigger } from "#core/trigger.ts";
import { SchedulePage, type SchedulePageProps } from "#views/schedule.tsx";
import { SchedulesPage } from "#views/schedules.tsx";
import type { WebEnv } from "#web/deps.ts";
import { assertMayStartByItself } from "#web/may-start-by-itself.ts";
import { ownAddress } from "#web/own-address.ts";
import { pageProps } from "#web/page-props.ts";
import { pressedOn } from "#web/pressed-on.ts";
import { workflowsIn } from "#web/seen.ts";
import { makerName, triggerSeen, triggersSeen } from "#web/seen-triggers.ts";
import { newSchedulePages, type ScheduleDeps } from "./new-schedule.tsx";
import { fieldOf, formError } from "./schedule-errors.ts";
import { whenFields } from "./schedule-form.ts";
import { sentForm, sentTexts } from "./sent-form.ts";
import { nameAndPause, whenOf } from "./sent-schedule.ts";

type Shown = Partial<Pick<SchedulePageProps, "secret" | "values" | "error" | "tried">>;

const firingsShown = 50;

/** What starts runs by itself: the list, each of them, and what people do with them. A secret stands in the answer to a post only. */
export const schedulePages = (deps: ScheduleDeps) => {
  const { engine, store, triggers, clock } = deps;
  const titleOf = (id: string) => engine.workflows.find((one) => one.id === id)?.title ?? id;
  const changeForm = (c: Context<WebEnv>, trigger: Trigger) => {
    const workflow = engine.workflows.find(({ id }) => id === trigger.workflowId);
    if (workflow === undefined) return { fields: [], submit: "Save" };
    return { fields: whenFields(trigger.when.kind, workflow, workflowsIn(c, deps), trigger), submit: "Save" };
  };
  const page = async (c: Context<WebEnv>, id: string, shown: Shown = {}, status: 200 | 400 = 200) => {
    const trigger = await triggers.get(id);
    const before = Number(c.req.query("before") ?? Number.NaN);
    const firings = await store.triggers.firings(
      id,
      Number.isSafeInteger(before) ? before : null,
      firingsShown,
    );
    const last = firings.length === firingsShown ? firings.at(-1)?.n : undefined;
    return c.html(
      <SchedulePage
        {...pageProps(c, deps)}
        {...shown}
        trigger={trigger}
        maker={await makerName(deps, trigger)}
        firings={firings}
        next={last === undefined ? null : routes.schedule.href({ id }, { before: last })}
        titleOf={titleOf}
        mayControl={(await triggerSeen(deps, trigger, c.get("identity"))).mayControl}
        address={ownAddress(c, deps, routes.hook.href({ id }))}
        form={changeForm(c, trigger)}
        now={clock.now()}
      />,
      status,
    );
  };
  const back = (c: Context<WebEnv>, id: string) => c.redirect(routes.schedule.href({ id }), 303);
  const backFrom = async (c: Context<WebEnv>, id: string) => {
    const { workflowId } = await triggers.get(id);
    const own = [routes.schedule.href({ id }), routes.workflow.href({ id: workflowId })];
    return c.redirect(pressedOn(c, [routes.schedules.href(), ...own]), 303);
  };
  return new Hono<WebEnv>()
    .get(routes.schedules.pattern, async (c) => {
      const who = c.get("identity");
      return c.html(
        <SchedulesPage
          {...pageProps(c, deps)}
          rows={await triggersSeen(deps, who)}
          workflows={workflowsIn(c, deps).filter(({ id }) => can(who, "run", { workflowId: id }))}
          mayMake={can(who, "run", null)}
          mayPauseAll={can(who, "admin", null)}
          now={clock.now()}
        />,
      );
    })
    .route("/", newSchedulePages(deps, page))
    .post(routes.pauseSchedules.pattern, async (c) => {
      await triggers.pauseAll(c.get("identity").by);
      return c.redirect(routes.schedules.href(), 303);
    })
    .post(routes.resumeSchedules.pattern, async (c) => {
      await triggers.resumeAll(c.get("identity").by);
      return c.redirect(routes.schedules.href(), 303);
    })
    .get(routes.schedule.pattern, (c) => page(c, c.req.param("id")))
    .post(routes.schedule.pattern, async (c) => {
      const id = c.req.param("id");
      const { values } = await sentForm(c);
      const trigger = await triggers.get(id);
      try {
        const when = whenOf(trigger.when.kind, values, trigger.when);
        assertMayStartByItself(c.get("identity"), { workflowId: trigger.workflowId, when });
        await triggers.change(id, { ...nameAndPause(values), when }, c.get("identity").by);
      } catch (thrown) {
        return page(
          c,
          id,
          { values, error: formError(thrown, (field) => fieldOf(field, changeForm(c, trigger))) },
          400,
        );
      }
      return back(c, id);
    })
    .post(routes.scheduled.pause.pattern, async (c) => {
      await triggers.pause(c.req.param("id"), c.get("identity").by);
      return backFrom(c, c.req.param("id"));
    })
    .post(routes.scheduled.resume.pattern, async (c) => {
      await triggers.resume(c.req.param("id"), c.get("identity").by);
      return backFrom(c, c.req.param("id"));
    })
    .post(routes.scheduled.remove.pattern, async (c) => {
      await triggers.remove(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.schedules.href(), 303);
    })
    .post(routes.scheduled.start.pattern, async (c) => {
      const runId = await triggers.startNow(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.run.href({ id: runId }), 303);
    })
    .post(routes.renewSecret.pattern, async (c) => {
      const id = c.req.param("id");
      const { secret: given = "" } = await sentTexts(c);
      return page(c, id, { secret: await triggers.renewSecret(id, given, c.get("identity").by) });
    })
    .post(routes.tryHook.pattern, async (c) => {
      const id = c.req.param("id");
      const body = textOf((await sentForm(c)).values, "body");
      return page(c, id, { tried: { body, ...(await triedBody(() => triggers.tryBody(id, body))) } });
    });
};

const triedBody = async (
  look: () => Promise<Values>,
): Promise<{ fills: Values | null; refusal: string | null }> => {
  try {
    return { fills: await look(), refusal: null };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "not-found" || thrown.code === "internal")
      throw thrown;
    return { fills: null, refusal: thrown.message };
  }
};
