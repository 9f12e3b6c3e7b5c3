import { type Context, Hono } from "hono";
import { AppError, httpStatus, noRun } from "#core/errors.ts";
import type { Form, Values } from "#core/form.ts";
import type { KeptAnswers } from "#core/kept.ts";
import type { RunSummary } from "#core/picture.ts";
import { can, type Doer } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { RecentRuns, WorkflowPage, type WorkflowPageProps } from "#views/workflow.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { keptAnswers } from "#web/keep.ts";
import { keepUpload } from "#web/keep-upload.ts";
import { createLiveLists, type ListChanges } from "#web/live/live-list.ts";
import type { Poll } from "#web/live/poll.ts";
import type { Renderings } from "#web/live/renderings.ts";
import { pageProps } from "#web/page-props.ts";
import { patienceMs } from "#web/patience.ts";
import type { Presses } from "#web/presses.ts";
import { keptIn, offeredIn } from "#web/seen.ts";
import { rowsFor } from "#web/seen-rows.ts";
import type { KeepFile } from "./read-multipart.ts";
import { type SentForm, sentForm } from "./sent-form.ts";

const recentRuns = 5;

type Draft = Pick<WorkflowPageProps, "values" | "error" | "mode" | "plan" | "from">;

/** What another run of this workflow was started with: who sees the one sees the other. */
const valuesLike = async (
  { engine, store }: Pick<WebDeps, "engine" | "store">,
  runId: string,
  workflowId: string,
): Promise<Values> => {
  if ((await store.run(runId))?.run.workflowId !== workflowId) throw new AppError("not-found", noRun);
  return engine.valuesOf(runId);
};

/** Whether files come with the form that starts a workflow. */
export const takesFiles =
  (engine: Pick<WebDeps["engine"], "workflows">) =>
  (workflowId: string): boolean =>
    engine.workflows.find(({ id }) => id === workflowId)?.start.takesFiles === true;

/** A workflow with the form that starts it. */
export const createWorkflows = (
  deps: Pick<
    WebDeps,
    "engine" | "authored" | "notify" | "store" | "clock" | "staticFiles" | "files" | "newId"
  >,
  renderings: Renderings,
  changes: Pick<ListChanges, "listen">,
  presses: Presses,
) => {
  const { engine, clock } = deps;
  const lists = createLiveLists<readonly RunSummary[]>(changes);
  const recent = (workflowId: string) =>
    lists(workflowId, async () => (await engine.runs({ workflowId, limit: recentRuns })).rows);
  const recentFor = async (who: Doer, workflowId: string) => {
    const { read, version } = await recent(workflowId);
    const { rows, permits } = rowsFor(who, read);
    return { rows, version: `${version}${permits}` };
  };
  const poll: Poll = {
    route: routes.workflow,
    isPoll: (told) => told("fragment") === "recent",
    lacks: async ({ id = "" }, told, who) => {
      const { rows, version } = await recentFor(who, id);
      if (told("v") === version) return null;
      return renderings.once(`recent ${id}`, version, async () =>
        String(<RecentRuns workflowId={id} rows={rows} shown={version} now={clock.now()} />),
      );
    },
  };
  const page = async (c: Context<WebEnv>, workflowId: string, form: Form, draft: Draft = {}) => {
    const [{ rows, version }, usual, kept, triggers] = await Promise.all([
      recentFor(c.get("identity"), workflowId),
      engine.durations(workflowId),
      keptIn(c, deps),
      deps.store.triggers.list(),
    ]);
    return (
      <WorkflowPage
        {...pageProps(c, deps)}
        {...draft}
        workflow={engine.workflow(workflowId)}
        form={can(c.get("identity"), "run", { workflowId }) ? offeredIn(c, form) : null}
        kept={kept}
        file={deps.authored.files().find((one) => one.workflow?.id === workflowId) ?? null}
        recent={rows}
        triggers={triggers.filter((one) => one.workflowId === workflowId)}
        titleOf={(id) => engine.workflows.find((one) => one.id === id)?.title ?? id}
        shown={version}
        usual={usual}
        now={clock.now()}
      />
    );
  };
  const refused = async (
    c: Context<WebEnv>,
    workflowId: string,
    { values, mode }: Pick<SentForm, "values" | "mode">,
    thrown: unknown,
    from: KeptAnswers | null,
  ) => {
    if (!(thrown instanceof AppError) || thrown.code === "not-found" || thrown.code === "internal")
      throw thrown;
    const { message, field, runId } = thrown;
    const error = {
      message,
      ...(field === undefined ? {} : { field }),
      ...(runId === undefined ? {} : { runId }),
    };
    const form = await engine.startForm(workflowId, values);
    return c.html(await page(c, workflowId, form, { values, error, mode, from }), httpStatus(thrown.code));
  };
  const begun = async (c: Context<WebEnv>, runId: string) => {
    // They are about to look at it, and what happens in its first moments they see there.
    deps.notify.watching.saw(c.get("identity").person.id, runId);
    await engine.settled(runId, patienceMs, c.req.raw.signal);
    return c.redirect(routes.run.href({ id: runId }), 303);
  };
  const pages = new Hono<WebEnv>()
    .get(routes.workflow.pattern, async (c) => {
      const id = c.req.param("id");
      const { like, kept, ...given } = c.req.query();
      if (kept !== undefined) {
        const from = await keptAnswers(deps, kept, id);
        const { values, mode } = from.what.beginning;
        return c.html(await page(c, id, await engine.startForm(id, values), { values, mode, from }));
      }
      if (like === undefined) {
        const draft = Object.keys(given).length === 0 ? undefined : given;
        return c.html(await page(c, id, await engine.startForm(id, draft)));
      }
      const values = await valuesLike(deps, like, id);
      return c.html(await page(c, id, await engine.startForm(id, values), { values }));
    })
    .get(routes.numberedRun.pattern, async (c) => {
      const { id, number } = c.req.param();
      return c.redirect(routes.run.href({ id: await engine.numbered(id, Number(number)) }));
    })
    .post(routes.startRun.pattern, async (c) => {
      const id = c.req.param("id");
      const keep: KeepFile = (called, file) => keepUpload(deps, called, file);
      const sent = await sentForm(c, takesFiles(engine)(id) ? keep : undefined);
      const { values, does, press, mode } = sent;
      const from = sent.kept === null ? null : await keptAnswers(deps, sent.kept, id);
      if (does === "redraw") {
        return c.html(await page(c, id, await engine.startForm(id, values, press), { mode, from }));
      }
      try {
        if (does === "plan") {
          const plan = await engine.plan(id, values, c.get("identity").person.id);
          return c.html(await page(c, id, await engine.startForm(id, values), { values, mode, plan, from }));
        }
        const { former } = from?.what.beginning ?? {};
        const who = c.get("identity");
        const { runId } = await presses.once(who, sent.once ? [id, values, mode, sent.kept] : null, () =>
          engine.start(id, values, who.by, { mode, former }),
        );
        return await begun(c, runId);
      } catch (thrown) {
        return refused(c, id, sent, thrown, from);
      }
    })
    .post(routes.startKept.pattern, async (c) => {
      const from = await keptAnswers(deps, c.req.param("id"));
      const { values, mode, former } = from.what.beginning;
      try {
        const who = c.get("identity");
        const { once } = await sentForm(c);
        const { runId } = await presses.once(who, once ? ["kept", from.id] : null, () =>
          engine.start(from.of, values, who.by, { mode, former }),
        );
        return await begun(c, runId);
      } catch (thrown) {
        return refused(c, from.of, { values, mode }, thrown, from);
      }
    });
  return { poll, pages };
};
