import { AppError } from "#core/errors.ts";
import { plural } from "#core/plural.ts";
import { askedPauseMs, longestAskedMs } from "#core/retry.ts";
import type { Progress, Waiting } from "#core/step.ts";
import type { Look, StepDefinition } from "#core/workflow.ts";
import { type rememberOdd, wordOf } from "./odd-answers.ts";

type WaitDefinition = Extract<StepDefinition, { kind: "wait" }>;

/** Each pause between looks is this many times the one before. */
const growth = 1.5;

interface Looked {
  found: Look<unknown> | null;
  error: AppError | null;
  remembered: ReturnType<typeof rememberOdd>;
  /** So much of the wait's limit is over. */
  waitedMs: number;
  /** Somebody reads the log along. */
  isRead: boolean;
}

interface Next {
  word: string;
  looks: number;
  pauseMs: number;
  progress: Progress | null;
  unended: string;
  memo: unknown;
}

/** What is to be kept of a look, and when the next one comes. */
export const nextWait = (
  { everyMs, maxEveryMs, timeoutMs }: WaitDefinition,
  { looks, word: before, memo }: Waiting,
  { found, error, remembered, waitedMs, isRead }: Looked,
): Next => {
  const look = found !== null && "waiting" in found ? found : null;
  const usualMs = Math.min(maxEveryMs ?? everyMs, everyMs * growth ** looks);
  const alongMs = isRead ? askedPauseMs(look?.readAlongMs) : null;
  const word = error === null ? (look?.waiting ?? "") : wordOf(error, remembered);
  return {
    word,
    // Looks for somebody who reads along are no events of the run, and no reason to look more seldom later.
    looks: alongMs !== null && looks > 0 && word === before ? looks : looks + 1,
    // Not beyond the limit, at which the step fails: no look lies further ahead than the step may wait.
    pauseMs: Math.min(
      Math.round(askedPauseMs(error?.retryAfterMs) ?? askedPauseMs(look?.nextInMs) ?? usualMs),
      alongMs ?? Number.POSITIVE_INFINITY,
      Math.max(0, timeoutMs - waitedMs) + 1,
    ),
    unended: look?.unended ?? "",
    progress: look === null ? null : counted(look),
    // A look that failed remembers nothing, and forgets nothing.
    memo: look === null ? memo : look.memo,
  };
};

/**
 * When a pause that is kept is over at the latest: no kept time lies further ahead than its step may wait, whoever kept it. An earlier version
 * may have believed one that asked for more.
 */
export const overAt = (definition: StepDefinition, { for: what, since, nextAt }: Waiting): number => {
  if (what === "answer" || definition.kind === "ask" || definition.kind === "each") return nextAt;
  const usualMs =
    definition.kind === "wait"
      ? (definition.maxEveryMs ?? definition.everyMs)
      : (definition.retry?.maxMs ?? 0);
  return Math.min(nextAt, since + Math.max(longestAskedMs, usualMs));
};

/** What a look counted; null where it did not. */
export const counted = ({ progress }: Look<unknown>): Progress | null =>
  progress === undefined ? null : { unit: "items", perSecond: null, ...progress };

/** Whether it was tried for too long to begin what is to be waited for. */
export const isBegunTooLate = (
  { begin, beginWithinMs = Number.POSITIVE_INFINITY }: WaitDefinition,
  waiting: Waiting | null,
  waitedMs: number,
): boolean => begin !== undefined && waiting?.kept === undefined && waitedMs > beginWithinMs;

export const notBegun = (
  { beginWithinMs = 0 }: WaitDefinition,
  { code, message, detail }: AppError,
): AppError =>
  new AppError(
    code,
    `It could not be begun in ${plural(Math.round(beginWithinMs / 60_000), "minute")}. ${message}`,
    {
      ...{ canPass: false, ...(detail === undefined ? {} : { detail }) },
    },
  );

/** The limit of the wait has passed. */
export const tooLate = ({ timeoutMs }: WaitDefinition, { word, looks }: Next): AppError =>
  new AppError(
    "timed-out",
    `It was not done after ${Math.round(timeoutMs / 60_000)} minutes and ${looks} looks. The last answer was: ${word}`,
    { canPass: false },
  );
