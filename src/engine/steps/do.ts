import { claimOf } from "#core/claim.ts";
import type { AppError } from "#core/errors.ts";
import { givenUp, nextTryMs } from "#core/retry.ts";
import { Skip } from "#core/skip.ts";
import type { Step } from "#core/step.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { type Called, callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { begun, both, done, recovered, triedAgainLater } from "#engine/moves/forward.ts";
import type { Decide } from "#engine/moves/move.ts";
import { cancelled, type Stopped } from "#engine/moves/stop.ts";
import { probe as probeShape, result as resultShape } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { doContext } from "./context.ts";
import { detailOf, recordEnd } from "./end.ts";
import { failing } from "./fail.ts";
import { askWhatHappened } from "./interrupted.ts";
import { createReporter, type Reporter } from "./reporter.ts";

type DoDefinition = Extract<StepDefinition, { kind: "do" }>;

/** What an attempt came to: the result, and what was found when an earlier attempt had already had its effect. */
interface Attempted {
  result: unknown;
  found: string | null;
}

/** One attempt of a do step, from its first commit to its last. A step that still is `running`, and did not begin ahead, was cut off in the middle. */
export const runDoStep = async (claim: Claim, stepId: string, definition: DoDefinition): Promise<void> => {
  if (claim.ahead === stepId) claim.ahead = null;
  else if (!(await begin(claim, stepId, definition))) return;
  const step = claim.step(stepId);
  const { clock } = claim.parts;
  const reporter = createReporter(claim, stepId, step.attempt);
  const beganAt = clock.now();
  const called = await attempt(claim, step, definition, reporter);
  await reporter.close();
  await settle(claim, step, definition, called, Math.max(0, clock.now() - beganAt));
};

/** False where a person has to say first what became of an attempt that was cut off. */
const begin = async (claim: Claim, stepId: string, definition: DoDefinition): Promise<boolean> => {
  const cutOff = claim.step(stepId).state === "running";
  const { again, because } = claimOf(definition);
  if (cutOff && !again) {
    await claim.record((now, at) => askWhatHappened(now, claim.step(stepId), because, at));
    return false;
  }
  await claim.record((now, at) => {
    const step = claim.step(stepId);
    const began = begun(now, step, at, "running");
    if (!cutOff) return began;
    // What it had worked until its last sign of life is not lost.
    const activeMs = step.activeMs + Math.max(0, (step.signAt ?? 0) - (step.attemptAt ?? at));
    return both(both(recovered(now, stepId, { outcome: "again", because, badEnd: claim.left }, at), began), {
      steps: [{ id: stepId, patch: { activeMs } }],
    });
  });
  return true;
};

const attempt = async (
  claim: Claim,
  step: Step,
  definition: DoDefinition,
  reporter: Reporter,
): Promise<Called<Attempted>> => {
  const { parts, signal } = claim;
  const limits = { of: step.title, signal, graceMs: definition.stopWithinMs ?? parts.stopGraceMs };
  const claimed = claimOf(definition);
  const probe = claimed.again ? claimed.probe : null;
  // Before every attempt but the first: an attempt that failed or was cut off may have had its effect all the same.
  if (step.attempt > 1 && probe !== null) {
    const looked = await callAuthor(parts, {
      ...limits,
      name: "whenInterrupted",
      shape: probeShape,
      limitMs: definition.timeoutMs ?? parts.limits.draw,
      run: (own) => probe(doContext(claim, step, reporter, own)),
    });
    if (looked.kind !== "value") return looked;
    const found = looked.value;
    reporter.log(found.checked);
    if (found.happened) return { kind: "value", value: { result: found.result, found: found.checked } };
    await claim.record(hadNotHappened(step.id, found.checked));
  }
  const ran = await callAuthor(parts, {
    ...limits,
    name: "run",
    shape: resultShape,
    limitMs: definition.timeoutMs ?? null,
    run: (own) => definition.run(doContext(claim, step, reporter, own)),
  });
  return ran.kind === "value" ? { kind: "value", value: { result: ran.value, found: null } } : ran;
};

/** A probe found that an interrupted attempt had not had its effect. */
const hadNotHappened =
  (stepId: string, checked: string): Decide =>
  (now, at) => {
    const { recovery } = now.run;
    if (recovery === null || recovery.stepId !== stepId || recovery.checked !== null) return {};
    const because = "It had not happened yet, so it is done now.";
    return recovered(now, stepId, { outcome: "again", because, checked }, at);
  };

const settle = async (
  claim: Claim,
  step: Step,
  definition: DoDefinition,
  called: Called<Attempted>,
  tookMs: number,
): Promise<void> => {
  switch (called.kind) {
    case "value":
      return succeed(claim, step, definition, called.value, tookMs);
    case "stopped":
      if (called.why !== "cancel") throw new Stop(called.why);
      return claim.record(cancelling({ ...called, workedMs: tookMs }));
    case "error":
      return fail(claim, step, definition, called.error, tookMs);
    default:
      called satisfies never;
  }
};

const succeed = async (
  claim: Claim,
  step: Step,
  definition: DoDefinition,
  { result, found }: Attempted,
  tookMs: number,
): Promise<void> => {
  const skipped = result instanceof Skip ? result.reason : null;
  const value = result instanceof Skip ? result.result : result;
  const told = skipped === null ? await detailOf(claim.parts, step, definition, value) : { detail: null };
  if ("error" in told) return claim.record(await failing(claim.parts, claim.at(), step, told.error, tookMs));
  const ended = { skipped, result: value, detail: told.detail, tookMs };
  return recordEnd(claim, (now, at) => {
    const move = done(now, claim.step(step.id), ended, at);
    if (found === null) return move;
    const because = "It had already happened, so it was not done again.";
    const told = recovered(now, step.id, { outcome: "found", because, checked: found }, at);
    // Only what another process or a cut left is told as a recovery of the run.
    return both(now.run.recovery?.stepId === step.id ? told : { facts: told.facts ?? [] }, move);
  });
};

const fail = async (
  claim: Claim,
  step: Step,
  definition: DoDefinition,
  error: AppError,
  tookMs: number,
): Promise<void> => {
  const { retry, random } = claim.parts;
  // Nothing is done again by itself unless somebody said that this is harmless.
  const mayRepeat = definition.retry !== undefined || claimOf(definition).again;
  const policy = { ...retry, ...definition.retry };
  const tried = { tries: step.attempt, restedMs: step.backoffMs };
  const again = mayRepeat ? nextTryMs(policy, tried, error, random()) : null;
  const failed =
    again === null
      ? await failing(claim.parts, claim.at(), step, givenUp(policy, tried, error), tookMs)
      : null;
  return claim.record((now, at) => {
    if (now.run.wish === "cancel")
      return cancelling({ unconfirmed: null, tookMs: 0, workedMs: tookMs })(now, at);
    if (failed !== null || again === null) return failed?.(now, at) ?? {};
    return triedAgainLater(now, claim.step(step.id), { error, tookMs }, at + again, at);
  });
};

const cancelling =
  (stopped: Stopped): Decide =>
  (now, at) =>
    cancelled(now, at, now.run.cancel?.by ?? "", stopped);
