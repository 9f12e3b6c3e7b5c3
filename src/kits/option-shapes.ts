import {
  aFunction,
  aNumber,
  anObject,
  aText,
  aTime,
  aYes,
  either,
  functionsByName,
  type Kind,
  needed,
  oneOf,
  type Shape,
  someTexts,
  someWords,
} from "#core/shape.ts";
import type { CopyOptions } from "./copy/copy-options.ts";
import type { RequestOptions, UntilOptions } from "./http/http-options.ts";
import type { JobOptions } from "./job/job-options.ts";
import type { ShellOptions } from "./shell-options.ts";

const claim = {
  readsOnly: aYes,
  safeBecause: someWords,
  whenInterrupted: either('"ask", "again" or a function', aFunction, oneOf("ask", "again")),
};

const gives = either("a function or a schema", aFunction, (value) =>
  typeof (value as { safeParse?: unknown } | null)?.safeParse === "function" ? null : "no",
);

const seen = { detail: aFunction, weightMs: aNumber };

/** Of a script, wherever it runs and however long. */
const script = {
  ...{ script: needed(aText), shell: someTexts, env: aFunction, secrets: functionsByName, on: aFunction },
  ...{ gives, undo: aText, ...seen },
  progress: either("one of the readers, such as `rsync`, or a function that gives one", aFunction, anObject),
};

const talk = {
  to: needed(either("a text or a function", someWords, aFunction)),
  ...{ headers: aFunction, timeoutMs: aTime, gives, ...seen },
};

/** The options of each kit; the compiler holds them to its types, so that a file that was written without one is held to them too. */
export const optionShapes = {
  shell: { ...script, ...claim, called: aText, timeoutMs: aTime, already: aText } satisfies Shape<
    ShellOptions<unknown, unknown, unknown>
  >,
  job: { ...script, limitMs: aTime, safeBecause: someWords } satisfies Shape<
    JobOptions<unknown, unknown, unknown>
  >,
  request: {
    ...talk,
    ...claim,
    send: needed(aFunction),
    already: aFunction,
    undo: aFunction,
  } satisfies Shape<RequestOptions<unknown, unknown, unknown>>,
  until: {
    ...{ ...talk, look: needed(aFunction), done: needed(aFunction), waiting: aFunction },
    ...{ progress: aFunction, everyMs: aTime, limitMs: aTime },
  } satisfies Shape<UntilOptions<unknown, unknown, unknown, unknown>>,
  copy: { ...{ from: needed(aFunction), to: needed(aFunction) }, replace: aYes, ...seen } satisfies Shape<
    CopyOptions<unknown, unknown>
  >,
} as const satisfies Record<string, Readonly<Record<string, Kind>>>;
