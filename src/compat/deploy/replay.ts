import type { FeedEvent } from "#core/event.ts";
import { percentOf } from "#core/progress.ts";
import type { RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";

/** A run as it was after each of its events. */
export interface Replay {
  /** Takes the next event; `at` is the run after it or later. Gives the run as it was after the event. */
  next(event: FeedEvent, at: RunWithSteps): RunWithSteps;
}

/**
 * Plays a run's events from the first on, for those who come late and want to see every stage. States, shares and details are those
 * of the time. Percent of the past is not kept, so it is worked out by the same formula with the authors' weights, and is never more
 * than the percent that the run has reached since. What an event does not tell (results, titles) is taken from the run as it is.
 */
export const createReplay = (): Replay => {
  const then = new Map<string, Partial<Step>>();
  let run: Partial<RunWithSteps["run"]> = { state: "queued", error: null, outcome: null };
  let floor = 0;

  const set = (stepId: string | undefined, patch: Partial<Step>) => {
    if (stepId !== undefined) then.set(stepId, { ...then.get(stepId), ...patch });
  };

  const take = (event: FeedEvent, at: RunWithSteps): void => {
    switch (event.type) {
      case "run.state":
        run = { ...run, state: event.to };
        if (event.to === "completed") run = { ...run, outcome: at.run.outcome, endedAt: event.at };
        if (event.to === "failed" || event.to === "cancelled" || event.to === "undone")
          run = { ...run, endedAt: event.at };
        if (event.to === "queued") run = { ...run, error: null, endedAt: null };
        return;
      case "run.rewound":
        for (const id of event.cleared) then.delete(id);
        floor = 0;
        return;
      case "step.state":
        set(event.stepId, { state: event.to, attempt: event.attempt, detail: event.detail ?? null });
        if (event.to === "running" || event.to === "pending") {
          set(event.stepId, { share: null, progress: null, substeps: [], waiting: null, error: null });
        }
        return;
      case "step.detail":
        set(event.stepId, { detail: event.detail });
        return;
      case "step.progress":
        set(event.stepId, { share: event.share, progress: event.progress });
        return;
      case "step.substeps":
        set(event.stepId, { substeps: event.substeps });
        return;
      case "step.look":
        set(event.stepId, {
          waiting: {
            for: "look",
            word: event.word,
            since: event.at,
            nextAt: event.nextAt,
            looks: event.looks,
          },
        });
        return;
      case "step.failed": {
        const error = { code: event.code, message: event.message, detail: null, field: null };
        set(event.stepId, { error });
        run = { ...run, error: { ...error, stepId: event.stepId ?? null } };
        return;
      }
      case "run.created":
      case "run.recovered":
      case "run.asked":
      case "run.modified":
      case "run.finalized":
      case "run.unlocked":
      case "cancel.signalled":
      case "cancel.confirmed":
      case "cancel.unconfirmed":
      case "step.retry":
      case "step.interrupted":
      case "log":
        return;
      default:
        event satisfies never;
    }
  };

  return {
    next: (event, at) => {
      take(event, at);
      // Up to date: nothing has to be worked out.
      if (event.n >= at.run.lastEvent) return at;
      const steps = at.steps.map((step) => {
        const past: Step = { ...step, ...untouched, ...then.get(step.id) };
        return isStepDone(past.state) ? { ...past, result: step.result } : past;
      });
      floor = Math.max(floor, Math.min(percentOf(steps, new Map(), floor), at.run.percentFloor));
      return { run: { ...at.run, ...run, percentFloor: floor }, steps };
    },
  };
};

const untouched = {
  state: "pending",
  attempt: 0,
  progress: null,
  share: null,
  substeps: [],
  result: null,
  detail: null,
  error: null,
  waiting: null,
} as const satisfies Partial<Step>;
