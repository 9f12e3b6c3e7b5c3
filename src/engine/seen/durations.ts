import type { Durations, PastStepTimes } from "#core/durations.ts";
import type { PastStep, Store } from "#core/store.ts";
import { accuracyOf, totalsOf } from "#core/time-left/accuracy.ts";
import { wholeTold } from "#core/time-left/estimate.ts";
import { judgedBy } from "#core/time-left/learn.ts";
import { quantile } from "#core/time-left/quantile.ts";
import { timeLeft } from "#core/time-left/time-left.ts";
import type { Workflow } from "#core/workflow.ts";
import type { History } from "#engine/commit/history.ts";
import { notBegun } from "./not-begun.ts";

/** What the page of past durations shows. */
export const durations = async (
  { store, history }: { store: Pick<Store, "past" | "estimates" | "runs">; history: Pick<History, "of"> },
  workflow: Workflow,
): Promise<Durations> => {
  const [past, estimates, { rows }, model] = await Promise.all([
    store.past(workflow.id, judgedBy),
    store.estimates(workflow.id, judgedBy),
    store.runs({ workflowId: workflow.id, states: ["completed"], limit: judgedBy }),
    history.of(workflow.id),
  ]);
  const totals = totalsOf(past);
  return {
    workflowId: workflow.id,
    title: workflow.title,
    runs: rows.map(({ run }) => {
      const told = estimates.find((one) => one.runId === run.id && one.tenth === 0);
      return {
        runId: run.id,
        subject: run.subject,
        endedAt: run.endedAt ?? run.changedAt,
        activeMs: totals.get(run.id) ?? 0,
        told: told === undefined ? null : wholeTold(told),
      };
    }),
    steps: workflow.steps.flatMap((step) =>
      step.kind === "ask"
        ? []
        : timesOf(
            step,
            past.filter((one) => one.stepId === step.id),
          ),
    ),
    next: timeLeft(workflow.steps.map(notBegun), model, new Map()).run,
    accuracy: accuracyOf(past, estimates),
  };
};

const timesOf = (
  { id, title }: { id: string; title: string },
  past: readonly PastStep[],
): PastStepTimes[] => {
  const took = past
    .filter((one) => !one.skipped)
    .map((one) => one.activeMs)
    .sort((a, b) => a - b);
  if (past.length === 0) return [];
  const at = (q: number) => (took.length === 0 ? 0 : Math.round(quantile(took, q)));
  const skipped = past.length - took.length;
  return [{ id, title, p10Ms: at(0.1), p50Ms: at(0.5), p90Ms: at(0.9), runs: took.length, skipped }];
};
