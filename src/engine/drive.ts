import { setImmediate as nextTurn } from "node:timers/promises";
import { toAppError } from "#core/errors.ts";
import { isMade } from "#core/rules.ts";
import type { Run } from "#core/run.ts";
import { isStepDone, mayRunMove, mayStepMove } from "#core/states.ts";
import { isPauseOver, type Step } from "#core/step.ts";
import type { Claimed } from "#core/store.ts";
import { rewound, undone } from "#engine/moves/back.ts";
import { handedOver, sleeping } from "#engine/moves/forward.ts";
import { lettingGo } from "#engine/moves/move.ts";
import { cancelled, paused } from "#engine/moves/stop.ts";
import { answerLate, runAskStep } from "#engine/steps/ask.ts";
import { resultsOf } from "#engine/steps/context.ts";
import { runDoStep } from "#engine/steps/do.ts";
import { runEachStep } from "#engine/steps/each.ts";
import { failing } from "#engine/steps/fail.ts";
import { takenUp } from "#engine/steps/interrupted.ts";
import { cancelEach, pauseEach } from "#engine/steps/item-wishes.ts";
import { overAt } from "#engine/steps/next-look.ts";
import { cancelWait, pauseWait } from "#engine/steps/other-side.ts";
import { hasTurn } from "#engine/steps/turn.ts";
import { undoStep } from "#engine/steps/undo.ts";
import { undoEachStep } from "#engine/steps/undo-each.ts";
import { runWaitStep } from "#engine/steps/wait.ts";
import { callAuthor } from "./author.ts";
import { type Claim, openClaim } from "./claim.ts";
import { eachUnderWay, undoableWith, waitOf, workflowOf } from "./definition.ts";
import type { EngineParts } from "./parts.ts";
import { outcome as outcomeShape } from "./shapes.ts";
import { sizeUp } from "./size.ts";
import { Stop } from "./stop.ts";

/**
 * Drives a claimed run on until it waits, asks, is paused, or is over. Whatever goes wrong on the way fails the run with a sentence: code
 * cannot leave a run hanging. `left`: another server process left it under way.
 */
export const drive = async (
  claimed: Claimed,
  parts: EngineParts,
  closing: AbortSignal,
  left: boolean,
): Promise<void> => {
  const { first } = claimed;
  if (first !== undefined) parts.withClaim.tell(first);
  const claim = openClaim(claimed, parts, closing, left);
  claim.ahead = first?.steps.find(({ state }) => state === "running")?.id ?? null;
  try {
    await parts.workflows.ready(claimed.run);
    if (left) await claim.record(takenUp);
    await goOnUntilRest(claim);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    if (error.why === "closing") await parts.store.release(claimed.run.id, claimed.run.epoch);
  } finally {
    await claim.close();
  }
};

const goOnUntilRest = async (claim: Claim): Promise<void> => {
  try {
    // People's requests come between two moves, however many runs there are.
    while (await goOn(claim)) await nextTurn();
  } catch (error) {
    if (error instanceof Stop) throw error;
    const told = toAppError(error);
    const { run, steps } = claim.at();
    if (told.code === "internal")
      claim.parts.log.error({ err: error, runId: run.id }, "a run failed unexpectedly");
    const next = run.state === "undoing" ? undefined : steps.find((one) => !isStepDone(one.state));
    // Where even the step cannot be called failed, the run can.
    const step = next !== undefined && mayStepMove(next.state, "failed") ? next : null;
    await claim.record(await failing(claim.parts, claim.at(), step, told));
  }
};

/** One move. False when there is nothing more to do for now. */
const goOn = async (claim: Claim): Promise<boolean> => {
  const { run } = claim.at();
  if (run.claimedBy === null) return false;
  // A step that began ahead hears where it is worked at what is to become of it.
  if (run.wish !== null && claim.ahead === null) return carryOutWish(claim, run);
  if (claim.signal.aborted && claim.ahead === null) throw claim.signal.reason;
  switch (run.state) {
    case "queued":
    case "running":
    case "waiting":
      await doNext(claim);
      return true;
    case "undoing":
      return undoNext(claim);
    case "asking":
      return answerLate(claim);
    case "paused":
    case "completed":
    case "failed":
    case "cancelled":
    case "undone":
      // A wish that could no longer be carried out kept the claim; nothing is left to do for it.
      await claim.record((now, at) => lettingGo(now, at, {}));
      return false;
    default:
      return run.state satisfies never;
  }
};

const mayBePaused = (state: Run["state"]): boolean => state !== "paused" && mayRunMove(state, "paused");

const carryOutWish = async (claim: Claim, run: Run): Promise<boolean> => {
  const each = eachUnderWay(claim.at());
  if (each !== null && mayBePaused(run.state)) {
    await (run.wish === "pause" ? pauseEach : cancelEach)(claim, each);
    return true;
  }
  const waiting = claim.at().steps.find((step) => step.state === "waiting");
  // A workflow that has changed since cannot be asked to stop anything, but its run can be stopped all the same.
  const wait = waitOf(claim.parts.workflows, claim.at());
  if (run.wish === "pause") {
    const meanwhile =
      mayBePaused(run.state) && wait !== null
        ? await pauseWait(claim, wait.step, wait.definition)
        : undefined;
    // A person may have answered meanwhile, and the run is over.
    await claim.record((now, at) =>
      mayBePaused(now.run.state) ? paused(now, at, meanwhile) : { run: { wish: null } },
    );
    return claim.at().run.state !== "paused";
  }
  const told = wait === null ? { unconfirmed: null } : await cancelWait(claim, wait.step, wait.definition);
  const inFlight = waiting === undefined ? null : { ...told, tookMs: 0 };
  await claim.record((now, at) => cancelled(now, at, now.run.cancel?.by ?? "", inFlight));
  return false;
};

const doNext = async (claim: Claim): Promise<void> => {
  const step = claim.at().steps.find((one) => !isStepDone(one.state));
  if (step?.state === "pending") await sizeUp(claim);
  return step === undefined ? complete(claim) : doStep(claim, step);
};

const doStep = async (claim: Claim, step: Step): Promise<void> => {
  const definition = claim.definition(step.id);
  const { waiting } = step;
  // Items tell when they have changed, whenever the next look was to be.
  if (waiting !== null && definition.kind !== "each") {
    const nextAt = overAt(definition, waiting);
    if (!isPauseOver({ ...waiting, nextAt }, claim.parts.clock.now()))
      return claim.record((now, at) => sleeping(now, nextAt, at));
  }
  if (!(await hasTurn(claim, definition))) return;
  switch (definition.kind) {
    case "do":
      return runDoStep(claim, step.id, definition);
    case "wait":
      return runWaitStep(claim, step.id, definition);
    case "ask":
      return runAskStep(claim, step.id, definition);
    case "each":
      return runEachStep(claim, step.id, definition);
    default:
      definition satisfies never;
  }
};

/** All steps are done: the workflow says what it hands over. */
const complete = async (claim: Claim): Promise<void> => {
  const { parts } = claim;
  const { run, steps } = claim.at();
  const flow = workflowOf(parts.workflows, run);
  const handed = await callAuthor(parts, {
    of: flow.title,
    name: "hands",
    shape: outcomeShape,
    limitMs: parts.limits.words,
    graceMs: 0,
    run: () => flow.outcome(run.input, resultsOf(steps)),
  });
  if (handed.kind === "stopped") throw new Stop(handed.why);
  if (handed.kind === "error") return claim.record(await failing(parts, claim.at(), null, handed.error));
  const outcome = handed.value;
  await claim.record((now, at) =>
    now.run.wish === "cancel" ? cancelled(now, at, now.run.cancel?.by ?? "", null) : handedOver(outcome, at),
  );
};

const undoNext = async (claim: Claim): Promise<boolean> => {
  const { run, steps } = claim.at();
  const target = steps.find((step) => step.id === run.undoTo);
  const last = steps.findLast((step) => isMade(step) && step.position >= (target?.position ?? 0));
  if (last !== undefined) {
    const definition = claim.definition(last.id);
    if (definition.kind === "ask") return false;
    if (definition.kind === "each") return undoEachStep(claim, last);
    if (last.waiting !== null && !isPauseOver(last.waiting, claim.parts.clock.now())) {
      const { nextAt } = last.waiting;
      await claim.record((now, at) => lettingGo(now, at, { run: { wakeAt: nextAt } }));
      return false;
    }
    // Where it has to wait, it comes round to be let go, or to carry out what a person asked meanwhile.
    return (await hasTurn(claim, definition)) ? undoStep(claim, last.id, definition) : true;
  }
  if (target === undefined) {
    await claim.record(undone);
    return false;
  }
  await claim.record((now, at) => {
    const on = rewound(now, target, "Milepost", at);
    const { nextInput } = now.run;
    const flow = claim.parts.workflows.of(now.run);
    const changed =
      nextInput === null || flow === undefined ? [] : undoableWith(flow, now.steps, nextInput.input);
    return {
      ...on,
      steps: [...(on.steps ?? []), ...changed],
      run: { ...on.run, ...nextInput, undoTo: null, nextInput: null },
    };
  });
  return true;
};
