import type { FeedEvent } from "./event.ts";
import { percentOf } from "./progress.ts";
import type { RunWithSteps } from "./run.ts";
import { isStepDone } from "./states.ts";
import { type Step, untried } from "./step.ts";
import { withChanged } from "./substeps.ts";

/** A run as it was after each of its events. */
export interface Replay {
  /** Takes the next event; `at` is the run after it or later. Gives the run as it was after the event. */
  next(event: FeedEvent, at: RunWithSteps): RunWithSteps;
}

/**
 * The one reading of a run's events, from the first on, for those who come late and want to see every stage. The run's state and what
 * `Told` names of each step are exactly those of the time. Percent of the past is not kept, so it is worked out by the same formula with
 * the authors' weights, never goes back, and is never more than the percent that the run has reached since. What events do not tell
 * (results, titles, times) is taken from the run as it is.
 */
export const createReplay = (): Replay => {
  const then = new Map<string, Told>();
  let run: Partial<RunWithSteps["run"]> = { state: "queued", error: null, outcome: null };
  let floor = 0;

  const take = (event: FeedEvent, at: RunWithSteps): void => {
    const { stepId } = event;
    if (stepId !== undefined) then.set(stepId, stepAfter(then.get(stepId) ?? untouched, event));
    // The run has gone back: what was done is done again.
    if (event.type === "step.state" && event.to === "pending" && event.attempt === 0) floor = 0;
    if (event.type === "run.rewound") {
      // Runs of earlier versions tell only here which steps were cleared.
      for (const id of event.cleared) then.delete(id);
      floor = 0;
    }
    if (event.type === "step.failed") {
      const { code, message } = event;
      run = { ...run, error: { code, message, detail: null, field: null, stepId: stepId ?? null } };
    }
    if (event.type === "run.state") {
      run = { ...run, state: event.to };
      if (event.to === "completed") run = { ...run, outcome: at.run.outcome, endedAt: event.at };
      if (event.to === "failed" || event.to === "cancelled" || event.to === "undone")
        run = { ...run, endedAt: event.at };
      if (event.to === "queued") run = { ...run, error: null, endedAt: null };
    }
  };

  return {
    next: (event, at) => {
      take(event, at);
      // Up to date: nothing has to be worked out.
      if (event.n >= at.run.lastEvent) {
        floor = at.run.percentFloor;
        return at;
      }
      const steps = at.steps.map((step) => {
        const past: Step = { ...step, ...(then.get(step.id) ?? untouched) };
        return isStepDone(past.state) ? past : { ...past, result: null };
      });
      floor = Math.max(floor, Math.min(percentOf(steps, floor), at.run.percentFloor));
      return { run: { ...at.run, ...run, percentFloor: floor }, steps };
    },
  };
};

/** What events tell of a step, completely. */
type Told = Pick<
  Step,
  "state" | "attempt" | "progress" | "share" | "substeps" | "detail" | "error" | "waiting"
>;

const { state, attempt, progress, share, substeps, detail, error, waiting } = untried;
const untouched: Told = { state, attempt, progress, share, substeps, detail, error, waiting };

const stepAfter = (before: Told, event: FeedEvent): Told => {
  switch (event.type) {
    case "step.state":
      return moved(before, event);
    case "step.detail":
      return { ...before, detail: event.detail, ...(event.settled === true ? { error: null } : {}) };
    case "step.progress":
      return { ...before, share: event.share, progress: event.progress };
    case "step.substeps":
      return {
        ...before,
        substeps: "changed" in event ? withChanged(before.substeps, event.changed) : event.substeps,
      };
    case "step.look": {
      const { word, looks, nextAt } = event;
      return { ...before, waiting: { for: "look", word, since: event.at, nextAt, looks } };
    }
    case "step.failed":
      return { ...before, error: errorOf(event), waiting: null };
    case "step.retry": {
      const { message: word, nextAt, attempt: looks } = event;
      const again = { for: "retry", word, since: event.at, nextAt, looks } as const;
      return { ...before, error: errorOf(event), waiting: again };
    }
    case "run.created":
    case "run.state":
    case "run.recovered":
    case "run.asked":
    case "run.rewound":
    case "run.modified":
    case "run.code":
    case "run.finalized":
    case "run.unlocked":
    case "cancel.signalled":
    case "cancel.confirmed":
    case "cancel.unconfirmed":
    case "step.interrupted":
    case "step.item":
    case "log":
      return before;
    default:
      return event satisfies never;
  }
};

const errorOf = ({ code, message }: Extract<FeedEvent, { type: "step.failed" | "step.retry" }>) => ({
  code,
  message,
  detail: null,
  field: null,
});

type Moved = Extract<FeedEvent, { type: "step.state" }>;

const moved = (before: Told, event: Moved): Told => {
  const { to, attempt: count, at } = event;
  // Another attempt begins with nothing, and so does a step that the run went back past.
  const kept = count === before.attempt ? before : untouched;
  const after = { ...kept, state: to, attempt: count, detail: event.detail ?? null };
  switch (to) {
    case "completed":
    case "skipped":
      return { ...after, share: 1, error: null, waiting: null };
    case "failed":
      return { ...after, waiting: null };
    case "asking": {
      const { answer } = event;
      const deadline =
        answer === undefined
          ? null
          : ({ for: "answer", word: answer.word, since: at, nextAt: answer.by, looks: 0 } as const);
      return { ...after, error: null, waiting: deadline };
    }
    case "waiting":
      // A failed attempt that is tried again told before when that will be.
      return count === before.attempt
        ? after
        : { ...after, waiting: { for: "look", word: "", since: at, nextAt: at, looks: 0 } };
    case "pending":
    case "running":
    case "undone":
      return { ...after, error: null, waiting: null };
    default:
      return to satisfies never;
  }
};
