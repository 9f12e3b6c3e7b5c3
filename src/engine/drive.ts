import type { Change } from "#core/change.ts";
import { AppError, toAppError } from "#core/errors.ts";
import type { Run, RunWithSteps } from "#core/run.ts";
import { Reject } from "#core/special-answers.ts";
import { isStepDone } from "#core/states.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { answeredChange } from "./answered.ts";
import { runAskStep } from "./ask-step.ts";
import { resultsOf, stepContext } from "./context.ts";
import { findWorkflow } from "./definition.ts";
import type { EngineDeps } from "./deps.ts";
import { runDoStep } from "./do-step.ts";
import { cancelledChange, failedChange, letGoWith, pausedChange } from "./ends.ts";
import { isMade, rewoundChange } from "./go-back.ts";
import { type Hold, openHold } from "./hold.ts";
import { askWhatHappened, nothingWasCutOff } from "./interrupted.ts";
import type { History } from "./percent.ts";
import { Stop } from "./stop.ts";
import { undoStep } from "./undo-step.ts";
import { findStep } from "./verb.ts";
import { cancelWait, runWaitStep } from "./wait-step.ts";

/** Drives a claimed run on until it waits, asks, is paused, or is over. `left`: another server process left it under way. */
export const drive = async (
  claimed: RunWithSteps,
  deps: EngineDeps,
  history: History,
  closing: AbortSignal,
  left: boolean,
): Promise<void> => {
  const hold = openHold(claimed, deps, history, closing, left);
  try {
    if (left && !hold.at().steps.some((step) => step.state === "running")) {
      await hold.record((now) => nothingWasCutOff(now, deps.clock.now()));
    }
    while (await goOn(hold));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    if (error.why === "closing") await deps.store.release(claimed.run.id, claimed.run.epoch);
  } finally {
    await hold.close();
  }
};

/** One move. False when there is nothing more to do for now. */
const goOn = async (hold: Hold): Promise<boolean> => {
  const { clock } = hold.deps;
  const { run } = hold.at();
  if (run.claimedBy === null) return false;
  if (run.wish !== null) return carryOutWish(hold, run);
  if (hold.signal.aborted) throw hold.signal.reason;
  switch (run.state) {
    case "queued":
    case "running":
    case "waiting":
      await doNext(hold);
      return true;
    case "undoing":
      return undoNext(hold);
    case "asking":
      return answerLate(hold, run);
    case "paused":
    case "completed":
    case "failed":
    case "cancelled":
    case "undone":
      // A wish that could no longer be carried out kept the claim; nothing is left to do for it.
      await hold.record((now) => ({ ...letGoWith(now, clock.now(), { events: [] }) }));
      return false;
    default:
      return run.state satisfies never;
  }
};

const carryOutWish = async (hold: Hold, run: Run): Promise<boolean> => {
  const { clock } = hold.deps;
  if (run.wish === "pause") {
    const possible =
      run.state === "queued" || run.state === "running" || run.state === "waiting" || run.state === "asking";
    await hold.record((now) =>
      possible ? pausedChange(now, clock.now()) : { run: { wish: null }, events: [] },
    );
    return !possible;
  }
  const waiting = hold.at().steps.find((step) => step.state === "waiting");
  const { workflows } = hold.deps;
  // A workflow that has changed since cannot be asked to stop anything, but its run can be cancelled all the same.
  const definition = workflows
    .find((one) => one.id === run.workflowId)
    ?.steps.find((one) => one.id === waiting?.id);
  const note =
    waiting === undefined || definition?.kind !== "wait"
      ? undefined
      : await cancelWait(hold, waiting, definition);
  const inFlight =
    waiting === undefined ? null : { unconfirmed: null, tookMs: 0, ...(note === undefined ? {} : { note }) };
  await hold.record((now) => cancelledChange(now, clock.now(), now.run.cancel?.by ?? "", inFlight));
  return false;
};

const doNext = async (hold: Hold): Promise<void> => {
  const { clock } = hold.deps;
  const step = hold.at().steps.find((one) => !isStepDone(one.state));
  if (step === undefined) return complete(hold);
  try {
    await doStep(hold, step);
  } catch (error) {
    if (error instanceof Stop) throw error;
    if (toAppError(error).code !== "workflow-changed") throw error;
    await hold.record((now) => failedChange(now, step, error, clock.now()));
  }
};

const doStep = async (hold: Hold, step: Step): Promise<void> => {
  const { clock } = hold.deps;
  const definition = hold.definition(step.id);
  const early = step.waiting;
  if (early !== null && early.nextAt > clock.now()) {
    return hold.record((now) =>
      letGoWith(now, clock.now(), { run: { state: "waiting", wakeAt: early.nextAt }, events: [] }),
    );
  }
  switch (definition.kind) {
    case "do":
      if (step.state === "running" && definition.whenInterrupted === "ask") {
        return hold.record((now) => letGoWith(now, clock.now(), askWhatHappened(now, step, clock.now())));
      }
      return runDoStep(hold, step.id, definition, step.state === "running");
    case "wait":
      return runWaitStep(hold, step.id, definition);
    case "ask":
      return runAskStep(hold, step.id, definition);
    default:
      definition satisfies never;
  }
};

/** The time for an answer is over: what holds without one is taken as the answer. */
const answerLate = async (hold: Hold, run: Run): Promise<boolean> => {
  const { clock } = hold.deps;
  const step = hold.at().steps.find((one) => one.state === "asking");
  const due = step?.waiting?.for === "answer" && step.waiting.nextAt <= clock.now();
  if (step === undefined || !due) {
    const wakeAt = step?.waiting?.nextAt ?? null;
    await hold.record((now) =>
      letGoWith(now, clock.now(), { run: now.run.state === "asking" ? { wakeAt } : {}, events: [] }),
    );
    return run.wish !== null;
  }
  const definition = hold.definition(step.id);
  if (definition.kind !== "ask") throw new Error(`step ${step.id} asks without being a question`);
  const settle = (change: (now: RunWithSteps) => Change) =>
    hold.record((now) => {
      // A person may have answered at the very last moment: that counts.
      const open = now.run.state === "asking" && findStep(now, step.id).attempt === step.attempt;
      return open ? change(now) : { events: [] };
    });
  try {
    const given = await unanswered(hold, step, definition);
    await settle((now) =>
      answeredChange(hold.deps, now, findStep(now, step.id), definition, given, null, clock.now()),
    );
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What was meant to hold cannot be used any more: a person has to look.
    await settle((now) => failedChange(now, findStep(now, step.id), error, clock.now()));
  }
  return true;
};

const unanswered = async (
  hold: Hold,
  step: Step,
  definition: Extract<StepDefinition, { kind: "ask" }>,
): Promise<unknown> => {
  if (definition.unanswered === undefined) return new Reject("nobody answered in time");
  const { press, ...draft } = definition.unanswered;
  return definition.read(draft, {
    ...stepContext(hold.at(), step, hold.signal, hold.deps),
    draft,
    ...(press === undefined ? {} : { press }),
  });
};

const complete = async (hold: Hold): Promise<void> => {
  const { clock, workflows } = hold.deps;
  const { run, steps } = hold.at();
  const outcome = findWorkflow(workflows, run.workflowId).outcome(run.input, resultsOf(steps));
  await hold.record((now) =>
    now.run.wish === "cancel"
      ? cancelledChange(now, clock.now(), now.run.cancel?.by ?? "", null)
      : {
          run: {
            state: "completed",
            outcome,
            endedAt: clock.now(),
            wakeAt: null,
            wish: null,
            claimedBy: null,
            claimedUntil: null,
          },
          events: [{ type: "run.state", from: now.run.state, to: "completed" }],
        },
  );
  hold.history.forget(run.workflowId);
};

const undoNext = async (hold: Hold): Promise<boolean> => {
  const { clock } = hold.deps;
  const { run, steps } = hold.at();
  const target = steps.find((step) => step.id === run.undoTo);
  const last = steps.findLast((step) => isMade(step) && step.position >= (target?.position ?? 0));
  if (last !== undefined) {
    const definition = hold.definition(last.id);
    return definition.kind === "ask" ? false : undoStep(hold, last.id, definition);
  }
  if (target !== undefined) {
    await hold.record((now) => {
      const on = rewoundChange(now, target, "Milepost", clock.now());
      return { ...on, run: { ...on.run, ...now.run.nextInput, undoTo: null, nextInput: null } };
    });
    return true;
  }
  await hold.record(() => ({
    run: {
      state: "undone",
      endedAt: clock.now(),
      wakeAt: null,
      wish: null,
      claimedBy: null,
      claimedUntil: null,
    },
    events: [{ type: "run.state", from: "undoing", to: "undone" }],
  }));
  return false;
};
