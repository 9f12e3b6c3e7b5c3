import { isOver, type RunState } from "#core/states.ts";
import { accuracyOf } from "#core/time-left/accuracy.ts";
import { pastStepsOf } from "#core/time-left/past-run.ts";
import type { WebDeps } from "./deps.ts";

export const outcomes = ["completed", "failed", "cancelled", "undone"] as const satisfies readonly RunState[];
export type Outcome = (typeof outcomes)[number];

/** What runs came to since the server started, for /metrics. */
export interface RunCounts {
  /** By workflow: how often a run of it came to each end. */
  ended: ReadonlyMap<string, Readonly<Record<Outcome, number>>>;
  /** Estimates of completed runs that were held against what came, and those of them whose interval held it. */
  estimates: { checked: number; held: number };
}

/** Counts from the first call on. */
export const watchOutcomes = ({
  engine,
  store,
  log,
}: Pick<WebDeps, "engine" | "store" | "log">): RunCounts => {
  const none = (): Record<Outcome, number> => ({ completed: 0, failed: 0, cancelled: 0, undone: 0 });
  const ended = new Map(engine.workflows.map(({ id }) => [id, none()]));
  const estimates = { checked: 0, held: 0 };
  engine.listen(({ run, steps, events, deleted }) => {
    if (deleted === true || !events.some((one) => one.type === "run.state" && isOver(one.to))) return;
    const of = ended.get(run.workflowId) ?? none();
    ended.set(run.workflowId, of);
    of[run.state as Outcome] += 1;
    if (run.state !== "completed") return;
    const took = pastStepsOf(steps.map((step) => ({ ...step, size: run.size })));
    store.told(run.id).then(
      (told) => {
        for (const { estimates: checked, held } of accuracyOf(took, told)) {
          estimates.checked += checked;
          estimates.held += held;
        }
      },
      (error: unknown) =>
        log.error({ err: error, runId: run.id }, "what was told of a run could not be counted"),
    );
  });
  return { ended, estimates };
};
