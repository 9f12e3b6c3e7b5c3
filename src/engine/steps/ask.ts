import { Reject } from "#core/reject.ts";
import { nextTryMs } from "#core/retry.ts";
import { Skip } from "#core/skip.ts";
import { isPauseOver, type Step, type Waiting } from "#core/step.ts";
import type { AskContext } from "#core/step-context.ts";
import type { Results, StepDefinition } from "#core/workflow.ts";
import { callAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { asked, begun, done, triedAgainLater } from "#engine/moves/forward.ts";
import { lettingGo } from "#engine/moves/move.ts";
import { answer as answerShape, question } from "#engine/shapes.ts";
import { Stop } from "#engine/stop.ts";
import { answering } from "./answering.ts";
import { asBefore } from "./as-before.ts";
import { previously, stepContext } from "./context.ts";
import { failing } from "./fail.ts";

type AskDefinition = Extract<StepDefinition, { kind: "ask" }>;

/** Draws the question, keeps it with the step, and lets the run go until a person answers. */
export const runAskStep = async (claim: Claim, stepId: string, definition: AskDefinition): Promise<void> => {
  const { parts } = claim;
  await claim.record((now, at) => begun(now, claim.step(stepId), at, "running"));
  const step = claim.step(stepId);
  const called = await callAuthor(parts, {
    of: step.title,
    name: "form",
    shape: question,
    signal: claim.signal,
    limitMs: parts.limits.draw,
    graceMs: parts.stopGraceMs,
    run: (signal) =>
      definition.form({
        ...stepContext(parts, claim.at(), step, signal),
        ...previously(claim.at().run, step),
      } satisfies AskContext<unknown, Results>),
  });
  switch (called.kind) {
    case "stopped":
      if (called.why !== "cancel") throw new Stop(called.why);
      return;
    case "value": {
      const form = called.value;
      if (form instanceof Skip) {
        const ended = { skipped: form.reason, result: form.result, detail: null, tookMs: 0 };
        return claim.record((now, at) => done(now, claim.step(stepId), ended, at));
      }
      const shown = mayHoldAgain(claim, step, definition)
        ? await asBefore(claim, step, definition, form)
        : form;
      if (typeof shown === "function") return claim.record(shown);
      return claim.record((now, at) => asked(now, claim.step(stepId), shown, at, deadline(definition, at)));
    }
    case "error": {
      const { error } = called;
      // To draw a question changes nothing, so it may be tried again.
      const again = nextTryMs(parts.retry, { tries: step.attempt }, error, parts.random());
      if (again === null) return claim.record(await failing(parts, claim.at(), step, error));
      return claim.record((now, at) =>
        triedAgainLater(now, claim.step(stepId), { error, tookMs: 0 }, at + again, at),
      );
    }
    default:
      called satisfies never;
  }
};

const mayHoldAgain = (
  claim: Claim,
  step: Step,
  definition: AskDefinition,
): definition is AskDefinition & Required<Pick<AskDefinition, "holdsAgain">> =>
  definition.holdsAgain !== undefined &&
  definition.personOnly !== true &&
  previously(claim.at().run, step).repeats === true;

/** Until when an answer is awaited, and what holds after that. */
const deadline = ({ timeoutMs, unanswered }: AskDefinition, at: number): Waiting | null =>
  timeoutMs === undefined
    ? null
    : {
        for: "answer",
        word:
          unanswered === undefined
            ? "Without an answer by then the step fails."
            : `Without an answer by then this counts: ${wordsOf(unanswered)}.`,
        since: at,
        nextAt: at + timeoutMs,
        looks: 0,
      };

const wordsOf = ({ press, ...values }: NonNullable<AskDefinition["unanswered"]>): string =>
  [press, ...Object.values(values).flat()].filter((word) => word !== undefined).join(", ");

/** The time for an answer is over: what holds without one is taken as the answer. False when it is not over yet. */
export const answerLate = async (claim: Claim): Promise<boolean> => {
  const { clock } = claim.parts;
  const step = claim.at().steps.find((one) => one.state === "asking");
  const waiting = step?.waiting?.for === "answer" ? step.waiting : null;
  if (step === undefined || waiting === null || !isPauseOver(waiting, clock.now())) {
    await claim.record((now, at) => lettingGo(now, at, { run: { wakeAt: waiting?.nextAt ?? null } }));
    return claim.at().run.wish !== null;
  }
  const late = clock.now() - waiting.nextAt;
  if (clock.now() < waiting.since || late > unattendedMs) {
    await claim.record((now, at) =>
      asked(now, claim.step(step.id), step.form ?? nothingToAsk, at, anew(waiting, at)),
    );
    return claim.at().run.wish !== null;
  }
  const definition = claim.definition(step.id);
  if (definition.kind !== "ask") throw new Error(`step ${step.id} asks without being a question`);
  const given = await unanswered(claim, step, definition);
  if (given.kind === "stopped") {
    if (given.why !== "cancel") throw new Stop(given.why);
    return true;
  }
  // What was meant to hold and cannot be used any more is for a person to look at.
  const settle =
    given.kind === "error"
      ? await failing(claim.parts, claim.at(), step, given.error)
      : await answering(claim.parts, claim.at(), step, definition, given.value, null);
  await claim.record((now, at) => {
    // A person may have answered at the very last moment: that counts.
    const current = claim.step(step.id);
    return now.run.state === "asking" && current.attempt === step.attempt ? settle(now, at) : {};
  });
  return true;
};

const nothingToAsk = { fields: [], submit: "Continue" };

/** So long after its end nobody was there while it ended (a server that was off, a machine that slept, a paused run), nor could anybody answer. */
const unattendedMs = 60_000;

/** The clock was set back, or nobody was there: the person has as long as before, from now on. */
const anew = (waiting: Waiting, at: number): Waiting => ({
  ...waiting,
  since: at,
  nextAt: at + (waiting.nextAt - waiting.since),
});

const unanswered = async (claim: Claim, step: Step, definition: AskDefinition) => {
  const { parts } = claim;
  if (definition.unanswered === undefined)
    return { kind: "value", value: new Reject("nobody answered in time") } as const;
  const { press, ...draft } = definition.unanswered;
  return callAuthor<unknown>(parts, {
    of: step.title,
    name: "read",
    shape: answerShape,
    signal: claim.signal,
    limitMs: parts.limits.read,
    graceMs: parts.stopGraceMs,
    run: (signal) =>
      definition.read(draft, {
        ...stepContext(parts, claim.at(), step, signal),
        draft,
        ...(press === undefined ? {} : { press }),
      }),
  });
};
