import type { RunPicture, StepPicture } from "#core/picture.ts";
import { isOver, isStepDone } from "#core/states.ts";
import { isUnforeseen } from "#core/step.ts";
import { shortText, timeLeftText } from "#views/format.ts";
import type { WordsAt } from "#views/parts/later.tsx";
import { asksOthers, isUndoFailed, runWord, stepWord } from "#views/words.ts";

/** Somebody or something may still change it by itself. */
export const isUnderWay = (picture: RunPicture): boolean =>
  !isOver(picture.state) && picture.finalizedAt === null;

/** For the window: how far, or what became of it, and which run. */
export const runTitle = (picture: RunPicture): string => {
  const name = `${shortText(picture.title, 60)} #${picture.number}`;
  return isOver(picture.state) ||
    !picture.percentKnown ||
    ["asking", "paused", "undoing"].includes(picture.state)
    ? `${runWord(picture).word} · ${name}`
    : `${picture.percent} % · ${name}`;
};

/**
 * The step that a person would look at: the one that could not be undone, the one under way or in the way, else the next, or of a run that goes
 * on no more the last that ended; null before the first.
 */
export const activeStep = (picture: RunPicture): StepPicture | null => {
  const { state, steps, error } = picture;
  const shown =
    (isUndoFailed(picture) ? steps.find(({ id }) => id === error?.stepId) : undefined) ??
    steps.find((step) => ["running", "waiting", "asking", "failed"].includes(step.state));
  const last = steps.findLast((step) => isStepDone(step.state)) ?? null;
  if (shown !== undefined || last === null || isOver(state) || state === "undoing") return shown ?? last;
  return steps.find((step) => !isStepDone(step.state)) ?? last;
};

/** What a screen reader is told: changes with the state and the step, never with a percent. */
export const announcement = (picture: RunPicture): string => {
  const step = activeStep(picture);
  const state = runWord(picture).word;
  if (step === null || picture.state === "completed") return `${state}.`;
  const how = isUndoFailed(picture) ? "" : `: ${stepWord(step).word}`;
  return `${state}. Step ${step.number} of ${picture.total}, ${step.title}${how}.`;
};

/** What is known about the rest, in words; never a number without history behind it. */
export const restText = (picture: RunPicture): string => {
  switch (picture.state) {
    case "queued":
      return "waiting for its turn";
    case "asking":
      if (picture.unfit !== null) return "cannot go on";
      return asksOthers(picture) ? "waiting for somebody's answer" : "waiting for you";
    case "paused":
      return pausedText(picture);
    case "running":
    case "waiting":
      if (picture.behind !== null) return "waiting for its turn";
      if (picture.timeLeft !== null) return timeLeftText(picture.timeLeft);
      if (picture.firstRun) return "no estimate yet: first run";
      return picture.steps.some(isUnforeseen) ? "no estimate: the last look failed" : "";
    case "undoing":
      return picture.ended?.state === "failed"
        ? "it failed; what it made is being removed"
        : "going backwards through what it made";
    case "completed":
    case "failed":
    case "cancelled":
    case "undone":
      return "";
    default:
      return picture.state satisfies never;
  }
};

/** The same in moments to come, if nothing happens. */
export const laterRest = (picture: RunPicture): WordsAt[] =>
  picture.later.map(({ at, timeLeft }) => [at, restText({ ...picture, timeLeft })]);

export const laterPercent = ({ later }: RunPicture): WordsAt[] =>
  later.map(({ at, percent }) => [at, `${percent} %`]);

/** What a pause did: to a wait only what was claimed of its other side, since Milepost cannot see that it stands still. */
const pausedText = ({ steps }: RunPicture): string => {
  const wait = steps.find((step) => step.state === "waiting" && step.waiting?.for === "look")?.waiting;
  if (wait == null) return "paused, nothing is being done";
  return wait.paused?.sentence ?? "Milepost does not look for now.";
};
