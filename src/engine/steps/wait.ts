import type { AppError } from "#core/errors.ts";
import type { NewLogLine } from "#core/event.ts";
import { Skip } from "#core/skip.ts";
import { isPauseOver, type Paused, pausedMs, type Step, type Waiting, waitedMs } from "#core/step.ts";
import type { Look, StepDefinition } from "#core/workflow.ts";
import { type Called, callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { begun, done, lookedAt, sleeping } from "#engine/moves/forward.ts";
import { keepable, look as lookShape, words } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { detailOf, recordEnd } from "./end.ts";
import { failing } from "./fail.ts";
import { createLogIntake, type LogIntake } from "./log-intake.ts";
import { counted, isBegunTooLate, nextWait, notBegun, overAt, tooLate } from "./next-look.ts";
import { mayGoOn, rememberOdd } from "./odd-answers.ts";
import { createLineRecorder } from "./recorded-lines.ts";
import { lineEnd } from "./showing.ts";
import { waitContext } from "./wait-context.ts";

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
  const { looked, paused } = await setGoingAndLook(claim, step, definition, intake);
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
  if (error !== null && isBegunTooLate(definition, claim.step(stepId).waiting, waited))
    return fail(notBegun(definition, error));
  const next = nextWait(definition, waiting, {
    found,
    error,
    remembered,
    waitedMs: waited,
    isRead: claim.parts.openLines.isRead(step.runId),
  });
  const unended = lineEnd(claim.parts.mask.unended(claim.at().run, next.unended));
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
      ...(error === null ? {} : { failing: true as const }),
      ...(unended.trim() === "" ? {} : { unended }),
      ...keptOf(claim.step(stepId).waiting),
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
): Promise<void> => recordEnd(claim, (now, at) => ({ ...done(now, step, ended, at), logs }));

const keptOf = (waiting: Waiting | null): Pick<Waiting, "kept"> =>
  waiting?.kept === undefined ? {} : { kept: waiting.kept };

/**
 * What was not begun in this try is begun, and what was paused elsewhere is told to go on; then it is looked. `paused`: that did not
 * succeed, so it has to be told again.
 */
const setGoingAndLook = async (
  claim: Claim,
  step: Step,
  definition: WaitDefinition,
  intake: LogIntake,
): Promise<{ looked: Called<Look<unknown> | Skip<unknown>>; paused?: Paused }> => {
  const { parts, signal } = claim;
  const { whilePaused, begin } = definition;
  const waitingNow = (): Waiting => {
    const { waiting } = claim.step(step.id);
    if (waiting === null) throw new Error(`step ${step.id} waits for nothing`);
    return waiting;
  };
  const call = {
    of: step.title,
    signal,
    limitMs: limitOf(claim, definition),
    graceMs: definition.stopWithinMs ?? parts.stopGraceMs,
  };
  const context = (own: AbortSignal) => waitContext(claim, step, waitingNow(), own, intake);
  if (begin !== undefined && waitingNow().kept === undefined) {
    const began = await callAuthor(parts, {
      ...call,
      name: "begin",
      shape: keepable,
      run: (own) => begin.call(definition, context(own)),
    });
    if (began.kind !== "value") return { looked: began };
    await claim.record(() => ({
      steps: [{ id: step.id, patch: { waiting: { ...waitingNow(), kept: began.value } } }],
    }));
  }
  const waiting = waitingNow();
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
