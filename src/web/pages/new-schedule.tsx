import { type Context, Hono } from "hono";
import { type TriggerKind, triggerKinds } from "#core/cause.ts";
import { AppError, noWorkflow } from "#core/errors.ts";
import { textOf, type Values } from "#core/form.ts";
import type { Beginning } from "#core/kept.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { assertTimes } from "#core/times.ts";
import { NewSchedulePage, type NewSchedulePageProps } from "#views/new-schedule.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { keptAnswers } from "#web/keep.ts";
import { assertMayRead } from "#web/may.ts";
import { assertMayStartByItself } from "#web/may-start-by-itself.ts";
import { pageProps } from "#web/page-props.ts";
import { offeredIn, workflowsIn } from "#web/seen.ts";
import { fieldOf, formError } from "./schedule-errors.ts";
import { makingForm } from "./schedule-form.ts";
import { sentForm } from "./sent-form.ts";
import { nameAndPause, startValues, whenOf } from "./sent-schedule.ts";

export type ScheduleDeps = Pick<
  WebDeps,
  "engine" | "store" | "people" | "triggers" | "clock" | "staticFiles" | "publicUrls"
>;

/** What is made, and of what it takes its answers; it comes along with the form in hidden fields of these names. */
interface Asked {
  kind: TriggerKind;
  workflowId: string;
  like: string | null;
  kept: string | null;
}

const hidden = {
  kind: "milepost-kind",
  workflowId: "milepost-workflow",
  like: "milepost-like",
  kept: "milepost-kept-answers",
} as const;

type Draft = Pick<NewSchedulePageProps, "values" | "error" | "shown"> & {
  press?: string | undefined;
  /** What is wrong is in the workflow's own fields. */
  isTyped?: boolean;
};
type ShowMade = (c: Context<WebEnv>, id: string, shown: { secret: string }) => Response | Promise<Response>;

/** Makes what starts runs by itself. `showMade` shows it with its secret, which nothing else ever shows again. */
export const newSchedulePages = (deps: ScheduleDeps, showMade: ShowMade) => {
  const { engine, store, triggers, clock } = deps;
  const page = async (c: Context<WebEnv>, asked: Asked, draft: Draft, status: 200 | 400 = 200) => {
    // One that is hidden from whoever asks is answered as one that never was.
    if (!can(c.get("identity"), "read", { workflowId: asked.workflowId })) throw noWorkflow(asked.workflowId);
    const workflow = engine.workflow(asked.workflowId);
    const { beginning, named } = await beginningOf(c, asked);
    const values = draft.values === undefined ? beginning?.values : startValues(draft.values);
    const start = offeredIn(c, await engine.startForm(workflow.id, values, draft.press));
    const form = makingForm(asked.kind, workflow, workflowsIn(c, deps), start);
    const along = Object.entries(hidden).flatMap(([part, name]) => {
      const value = asked[part as keyof Asked];
      return value === null ? [] : [[name, value] as const];
    });
    return c.html(
      <NewSchedulePage
        {...pageProps(c, deps)}
        kind={asked.kind}
        workflow={workflow}
        questions={workflow.steps.filter(({ kind }) => kind === "ask").map(({ title }) => title)}
        answers={named}
        form={form}
        values={draft.values ?? undefined}
        error={
          draft.error && {
            ...draft.error,
            field: fieldOf(draft.error.field ?? undefined, form, draft.isTyped),
          }
        }
        shown={draft.shown}
        along={Object.fromEntries(along)}
        now={clock.now()}
      />,
      status,
    );
  };
  /** The input and answers of a run, or of what was kept. */
  const beginningOf = async (
    c: Context<WebEnv>,
    { like, kept }: Asked,
  ): Promise<{ beginning: Beginning | null; named: string | null }> => {
    if (kept !== null) {
      const { name, what } = await keptAnswers(deps, kept);
      return { beginning: what.beginning, named: `“${name}”` };
    }
    if (like === null) return { beginning: null, named: null };
    const found = await store.run(like);
    if (found === null) throw new AppError("not-found", "There is no such run.");
    assertMayRead(c.get("identity"), found.run);
    return { beginning: await engine.beginning(like), named: `run #${found.run.number}` };
  };
  return new Hono<WebEnv>()
    .get(routes.newSchedule.pattern, (c) => {
      const { kind = "schedule", workflow = "", like = null, kept = null } = c.req.query();
      return page(c, { kind: kindIn(kind), workflowId: workflow, like, kept }, {});
    })
    .post(routes.schedules.pattern, async (c) => {
      const { values: sent, does, press } = await sentForm(c);
      const { asked, values } = splitFrom(sent);
      const identity = c.get("identity");
      assertMayStartByItself(identity, { workflowId: asked.workflowId });
      if (does === "redraw") return page(c, asked, { values, press });
      let isTyped = false;
      try {
        const when = whenOf(asked.kind, values);
        assertMayStartByItself(identity, { workflowId: asked.workflowId, when });
        if (when.kind === "schedule") assertTimes(when.times, when.zone, clock.now());
        if (does === "plan") return page(c, asked, { values, shown: when });
        const { beginning } = await beginningOf(c, asked);
        isTyped = when.kind === "schedule";
        if (isTyped) await engine.check(asked.workflowId, startValues(values), identity.person.id);
        isTyped = false;
        const { trigger, secret } = await triggers.make(
          {
            ...nameAndPause(values),
            workflowId: asked.workflowId,
            mode: beginning?.mode ?? "automatic",
            values: startValues(values),
            former: beginning?.former ?? null,
            when,
          },
          identity.by,
        );
        if (secret !== null) return showMade(c, trigger.id, { secret });
        return c.redirect(routes.schedule.href({ id: trigger.id }), 303);
      } catch (thrown) {
        return page(c, asked, { values, error: formError(thrown, (field) => field ?? null), isTyped }, 400);
      }
    });
};

const kindIn = (given: string): TriggerKind => {
  const kind = triggerKinds.find((one) => one === given);
  if (kind === undefined)
    throw new AppError(
      "bad-input",
      "Choose when it starts: by the clock, when it is called, or after another run.",
      { field: "kind" },
    );
  return kind;
};

const splitFrom = (sent: Values): { asked: Asked; values: Values } => {
  const names: readonly string[] = Object.values(hidden);
  return {
    asked: {
      kind: kindIn(textOf(sent, hidden.kind)),
      workflowId: textOf(sent, hidden.workflowId),
      like: textOf(sent, hidden.like) || null,
      kept: textOf(sent, hidden.kept) || null,
    },
    values: Object.fromEntries(Object.entries(sent).filter(([name]) => !names.includes(name))),
  };
};
