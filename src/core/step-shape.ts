import type { Marks } from "./marks.ts";
import type { RetryPolicy } from "./retry.ts";
import {
  aFunction,
  aNumber,
  anObject,
  anything,
  aText,
  aTime,
  aYes,
  either,
  needed,
  oneOf,
  type Shape,
  someTexts,
  someWords,
  wholeAboveZero,
  within,
  yesOrNo,
} from "./shape.ts";
import type { StepKind } from "./step.ts";
import type { WhilePaused } from "./step-context.ts";
import type { NeedsTurn } from "./turn.ts";

const marks = { skippable: someWords, uses: someTexts, undoneBy: aText } satisfies Shape<
  Marks<unknown, string, string>
>;

const retry = within<RetryPolicy>({
  ...{ attempts: wholeAboveZero, firstMs: aNumber, factor: aNumber, maxMs: aNumber },
  ...{ busyAttempts: wholeAboveZero, forMs: aTime },
});

/** What those have that work, here or elsewhere. */
const working = {
  ...{ ...marks, retry, undo: aFunction, plan: aFunction, detail: aFunction },
  ...{ stopWithinMs: aTime, weightMs: aNumber },
  turn: within<NeedsTurn<unknown>>({ of: needed(aFunction), atOnce: wholeAboveZero }),
};

/** The options of each kind of step; workflow-shape.ts holds them to its types, so that a file that was written without one is held to them too. */
export const stepShapes = {
  do: {
    ...{ ...working, run: needed(aFunction), timeoutMs: aTime },
    ...{ readsOnly: aYes, safeBecause: someWords },
    whenInterrupted: either('a function, "again" or "ask"', aFunction, oneOf("ask", "again")),
  },
  wait: {
    ...{ ...working, look: needed(aFunction), everyMs: needed(aTime), timeoutMs: needed(aTime) },
    ...{ begin: aFunction, beginWithinMs: aTime, maxEveryMs: aTime, lookLimitMs: aTime, setsGoing: aYes },
    onCancel: aFunction,
    whilePaused: either(
      "a text, or { stop, goOn }",
      someWords,
      within<WhilePaused<unknown, unknown>>({ stop: needed(aFunction), goOn: needed(aFunction) }),
    ),
  },
  ask: {
    ...{ ...marks, form: needed(aFunction), read: needed(aFunction), personOnly: yesOrNo, timeoutMs: aTime },
    ...{ assumed: anything, unanswered: anObject, detail: aFunction, holdsAgain: aFunction },
  },
  // Its numbers, which may follow from the input, are looked at where its list is.
  each: {
    ...{ ...marks, of: needed(aFunction), flow: needed(anObject), gives: aFunction, isOne: aYes },
    ...{ atOnce: anything, waves: anything, stopAfter: anything, what: aText, weightMs: aNumber },
  },
} as const satisfies Record<StepKind, unknown>;
