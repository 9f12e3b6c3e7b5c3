import type { AppError } from "#core/errors.ts";
import type { NewLogLine } from "#core/event.ts";
import { Skip } from "#core/skip.ts";
import { isPauseOver, type Paused, pausedMs, type Step, type Waiting, waitedMs } from "#core/step.ts";
import type { WaitContext } from "#core/step-context.ts";
import type { Look, Results, StepDefinition } from "#core/workflow.ts";
import { type Called, callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { begun, done, lookedAt, sleeping } from "#engine/moves/forward.ts";
import { look as lookShape, words } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { stepContext } from "./context.ts";
import { detailOf } from "./detail.ts";
import { failing } from "./fail.ts";
import { createLogIntake, type LogIntake } from "./log-intake.ts";
import { counted, nextWait, overAt, tooLate } from "./next-look.ts";
import { mayGoOn, rememberOdd } from "./odd-answers.ts";
import { createLineRecorder } from "./recorded-lines.ts";
import { assertTold } from "./reporter.ts";

type WaitDefinition = Extract<StepDefinition, { kind: "wait" }>;

/**
 * One look at something elsewhere. When it is not done, the time of the next look is committed and the run is let go: nothing of a
 * wait lives in memory only. Errors that can pass, and odd answers in between (odd-answers.ts), count as a look whose word is the error.
 * Only time in which Milepost looked on counts towards the limit: each pause as long as it was meant to be, and the looks themselves.
 */
export const runWaitStep = async (
  claim: Claim,
  stepId: string,
  definition: WaitDefinition,
): Promise<void> => {
  const { clock } = claim.parts;
  // Of a step that was at work when it was not a wait yet, in an earlier version, the look is the first one too.
  if (claim.step(stepId).waiting?.for !== "look")
    await claim.record((now, at) => begun(now, claim.step(stepId), at, "waiting"));
  const step = claim.step(stepId);
  const waiting = step.waiting;
  if (waiting === null) throw new Error(`step ${stepId} waits for nothing`);
  const nextAt = overAt(definition, waiting);
  if (!isPauseOver({ ...waiting, nextAt }, clock.now()))
    return claim.record((now, at) => sleeping(now, nextAt, at));

  const beganAt = clock.now();
  const intake = createLogIntake();
  const record = createLineRecorder(claim.parts, { stepId, attempt: step.attempt });
  const { looked, paused } = await goOnAndLook(claim, step, definition, waiting, intake);
  intake.end();
  const logs = await record(claim.at().run, intake.take(Number.POSITIVE_INFINITY));
  if (looked.kind === "stopped") {
    if (looked.why !== "cancel") throw new Stop(looked.why);
    return;
  }
  // A machine that slept in the middle of a look was not looking for longer than a look may take.
  const lookMs = Math.min(limitOf(claim, definition), Math.max(0, clock.now() - beganAt));
  const waited = waitedMs(waiting, beganAt) + lookMs;
  const tookMs = pausedMs(waiting, beganAt) + lookMs;
  const fail = async (error: AppError) => {
    const decide = await failing(claim.parts, claim.at(), step, error, tookMs);
    return claim.record((now, at) => ({ ...decide(now, at), logs }));
  };
  const found = looked.kind === "value" ? looked.value : null;
  if (found instanceof Skip)
    return end(claim, step, { skipped: found.reason, result: found.result, detail: null, tookMs }, logs);
  if (found !== null && "done" in found) {
    const told = await detailOf(claim.parts, step, definition, found.done);
    if ("error" in told) return fail(told.error);
    return end(
      claim,
      step,
      { skipped: null, result: found.done, detail: told.detail, tookMs, progress: counted(found) },
      logs,
    );
  }
  const error = looked.kind === "error" ? looked.error : null;
  const remembered = rememberOdd(waiting, error, beganAt);
  if (error !== null && !mayGoOn(error, remembered, clock.now())) return fail(error);
  const next = nextWait(definition, waiting, {
    found,
    error,
    remembered,
    waitedMs: waited,
  });
  if (waited > definition.timeoutMs) return fail(tooLate(definition, next));
  await claim.record((now, at) => {
    const pauseMs = next.pauseMs;
    const wait: Waiting = {
      for: "look",
      word: next.word,
      since: at,
      nextAt: at + pauseMs,
      looks: next.looks,
      waitedMs: waited,
      ...(next.memo === undefined ? {} : { memo: next.memo }),
      ...remembered,
      ...(paused === undefined ? {} : { paused }),
    };
    // A gap in which nobody looked is no silence of the other side.
    const gapMs = Math.max(0, beganAt - waiting.since) - pausedMs(waiting, beganAt);
    const signAt = gapMs > 0 && step.signAt !== null ? Math.min(at, step.signAt + gapMs) : null;
    return { ...lookedAt(now, step, wait, { progress: next.progress, tookMs, signAt }, at), logs };
  });
};

const limitOf = ({ parts }: Claim, { lookLimitMs }: WaitDefinition): number =>
  lookLimitMs ?? parts.limits.look;

const end = (
  claim: Claim,
  step: Step,
  ended: Parameters<typeof done>[2],
  logs: readonly NewLogLine[],
): Promise<void> => claim.record((now, at) => ({ ...done(now, step, ended, at), logs }));

/** What was paused elsewhere is told to go on first; `paused`: that did not succeed, so it has to be told again. */
const goOnAndLook = async (
  claim: Claim,
  step: Step,
  definition: WaitDefinition,
  waiting: Waiting,
  intake: LogIntake,
): Promise<{ looked: Called<Look<unknown> | Skip<unknown>>; paused?: Paused }> => {
  const { parts, signal } = claim;
  const { whilePaused } = definition;
  const call = {
    of: step.title,
    signal,
    limitMs: limitOf(claim, definition),
    graceMs: definition.stopWithinMs ?? parts.stopGraceMs,
  };
  const context = (own: AbortSignal) => waitContext(claim, step, waiting, own, intake);
  if (waiting.paused?.stopped === true && typeof whilePaused === "object") {
    const told = await callAuthor(parts, {
      ...call,
      name: "whilePaused.goOn",
      shape: words,
      run: (own) => whilePaused.goOn(context(own)),
    });
    if (told.kind !== "value") return { looked: told, paused: waiting.paused };
    intake.log(told.value, "info");
  }
  const looked = await callAuthor(parts, {
    ...call,
    name: "look",
    shape: lookShape,
    run: (own) => definition.look(context(own)),
  });
  return { looked };
};

/** Asks the other side to stop, where the step knows how; gives the sentence for the receipt. */
export const cancelWait = async (
  claim: Claim,
  step: Step,
  definition: WaitDefinition,
): Promise<string | undefined> => {
  const { onCancel } = definition;
  if (onCancel === undefined || step.waiting?.for !== "look") return undefined;
  const called = await tellOtherSide(claim, step, step.waiting, "onCancel", onCancel.bind(definition));
  return called.kind === "value"
    ? called.value
    : `What goes on elsewhere could not be stopped: ${whyNot(called)}`;
};

/** Pauses what goes on elsewhere, where the step knows how, and says what is so meanwhile. Undefined: nobody claimed anything. */
export const pauseWait = async (
  claim: Claim,
  step: Step,
  definition: WaitDefinition,
): Promise<Paused | undefined> => {
  const { whilePaused } = definition;
  if (whilePaused === undefined || step.waiting?.for !== "look") return undefined;
  if (typeof whilePaused === "string") return goesOn(whilePaused);
  const called = await tellOtherSide(
    claim,
    step,
    step.waiting,
    "whilePaused.stop",
    whilePaused.stop.bind(whilePaused),
  );
  if (called.kind === "value") return { sentence: called.value, stopped: true };
  return {
    sentence: `Milepost does not look. What goes on elsewhere could not be paused and may go on: ${whyNot(called)}`,
    stopped: false,
  };
};

/** What is told of a paused wait whose other side is known to go on. */
export const goesOn = (sentence: string): Paused => ({
  sentence: `Milepost does not look. ${sentence}`,
  stopped: false,
});

const tellOtherSide = (
  claim: Claim,
  step: Step,
  waiting: Waiting,
  name: string,
  run: (ctx: WaitContext<unknown, Results>) => Promise<string>,
): Promise<Called<string>> => {
  const { parts } = claim;
  return callAuthor(parts, {
    of: step.title,
    name,
    shape: words,
    limitMs: 2 * parts.stopGraceMs,
    graceMs: 0,
    run: (own) => run(waitContext(claim, step, waiting, own, createLogIntake())),
  });
};

const whyNot = (called: Exclude<Called<string>, { kind: "value" }>): string =>
  called.kind === "error" ? called.error.message : "it did not answer in time.";

const waitContext = (
  claim: Claim,
  step: Step,
  waiting: Waiting,
  signal: AbortSignal,
  intake: LogIntake,
): WaitContext<unknown, Results> => ({
  ...stepContext(claim.parts, claim.at(), step, signal),
  look: waiting.looks + 1,
  attempt: step.attempt,
  memo: waiting.memo,
  progress: step.progress,
  waitedMs: waitedMs(waiting, claim.parts.clock.now()),
  waitingSince: step.attemptAt ?? step.startedAt ?? waiting.since,
  log: (text, level = "info") => {
    assertTold(typeof text === "string" && typeof level === "string", "a line of text");
    intake.log(text, level);
  },
});
