import type { Decided } from "#core/answerers.ts";
import type { RunSummary } from "#core/picture.ts";
import { isPercentKnown } from "#core/progress.ts";
import { may } from "#core/rules.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import { isOver } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { RunFilter, Store } from "#core/store.ts";
import type { Workflows } from "#core/workflows.ts";
import { nowLine } from "./now-line.ts";
import { unfitOf } from "./unfit.ts";

/** A page of a list. */
export const summaries = async (
  store: Pick<Store, "runs" | "exports">,
  workflows: Workflows,
  filter: RunFilter,
): Promise<{ rows: RunSummary[]; next: string | null }> => {
  const page = await store.runs(filter);
  return { rows: await Promise.all(page.rows.map((at) => summary(store, workflows, at))), next: page.next };
};

/** One line of a list. */
const summary = async (
  { exports }: Pick<Store, "exports">,
  workflows: Workflows,
  at: RunWithSteps,
): Promise<RunSummary> => ({
  ...summaryOf(workflows, at),
  fileOf: await readyFile(exports, at.run),
});

const readyFile = async (exports: Store["exports"], { outcome }: Run): Promise<string | null> => {
  const row = outcome?.exportId === undefined ? null : await exports.get(outcome.exportId);
  return row?.status === "ready" ? row.id : null;
};

const summaryOf = (workflows: Workflows, { run, steps }: RunWithSteps): Omit<RunSummary, "fileOf"> => {
  const unfit = isOver(run.state) ? null : unfitOf(workflows, { run, steps });
  const asking = run.state === "asking" ? steps.find(({ state }) => state === "asking") : undefined;
  return {
    id: run.id,
    number: run.number,
    workflowId: run.workflowId,
    title: run.title,
    subject: run.subject,
    state: run.state,
    percent: run.state === "completed" ? 100 : run.percentFloor,
    percentKnown: isPercentKnown(run, steps),
    now: unfit ?? nowLine({ run, steps }),
    askedAt: asking?.signAt ?? null,
    may: {
      cancel: may("cancel", { run, steps }),
      clone: mayClone(workflows, run),
      delete: may("delete", { run, steps }),
      answer: asking !== undefined && unfit === null,
    },
    asks:
      asking === undefined || unfit !== null ? null : { changers: run.changers, ...questionOf(asking.form) },
    starter: run.starter,
    behind: run.behind,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    changedAt: run.changedAt,
    error: run.error?.message ?? run.ended?.error?.message ?? null,
    ended: run.ended === null ? null : { state: run.ended.state },
    undoneAt: run.undoneAt,
  };
};

const questionOf = (form: Step["form"]): Decided => ({
  ...(form?.answerers === undefined ? {} : { answerers: form.answerers }),
  ...(form?.decisions === undefined ? {} : { decisions: form.decisions }),
});

/** What is offered no more cannot be begun again. */
export const isOffered = (workflows: Workflows, { workflowId }: Run): boolean =>
  workflows.offered().some(({ id }) => id === workflowId);

export const mayClone = (workflows: Workflows, run: Run): boolean =>
  isOver(run.state) && run.parent === null && isOffered(workflows, run);
