import type { FeedEvent } from "#core/event.ts";
import { oneLine } from "#core/foreign.ts";
import type { StepPicture } from "#core/picture.ts";
import { sentenceOf } from "#core/sentences.ts";
import { durationText } from "#views/clock-words.js";
import { clockText, progressText, timeLeftText } from "#views/format.ts";
import { runWord, stepWord } from "#views/words.ts";
import type { RunJson } from "./client.ts";

/** What changes all the time and would bury the rest; `log` has a verb of its own. */
const unsaid: ReadonlySet<FeedEvent["type"]> = new Set([
  "step.progress",
  "step.substeps",
  "step.look",
  "log",
]);

/** A change of a run as a line for programs and logs; null for what is not told there. */
export const lineOf = (event: FeedEvent, run: RunJson): string | null => {
  const stepOf = (stepId: string | undefined) => run.steps.find(({ id }) => id === stepId);
  const titleOf = (stepId: string) => stepOf(stepId)?.title ?? stepId;
  // Each item that is over is a change; what one step counts is not.
  if (event.type === "step.progress" && stepOf(event.stepId)?.kind === "each")
    return `${clockText(event.at)} ${oneLine(`“${titleOf(event.stepId ?? "")}”: ${progressText(event.progress)}`)}`;
  if (unsaid.has(event.type)) return null;
  return `${clockText(event.at)} ${oneLine(sentenceOf(event, titleOf))}`;
};

const signs = { completed: "✓", failed: "✗", skipped: "–", undone: "↶" } as const;

/** A step that is over: "✓ 3/16 Make the agent · 12 s · made @shop_bot". */
export const doneLine = (step: StepPicture, run: RunJson): string => {
  const sign = step.state in signs ? signs[step.state as keyof typeof signs] : "·";
  const took = step.activeMs >= 1_000 ? durationText(step.activeMs) : "";
  return joined([
    `${sign} ${step.number}/${run.total} ${step.title}`,
    took,
    step.error?.message ?? step.detail ?? "",
  ]);
};

/** What goes on now, with how far it is and what is left: the line that is redrawn. */
export const nowLine = (run: RunJson): string => {
  const step = run.steps.find(
    ({ state }) => state === "running" || state === "waiting" || state === "asking",
  );
  const left = run.timeLeft === null ? "" : timeLeftText(run.timeLeft);
  const percent = `${Math.floor(run.percent)} %`;
  if (step === undefined) return joined([`▸ ${runWord(run).word}`, percent, left]);
  const doing =
    step.progress === null || step.items !== null
      ? (step.waiting?.word ?? step.detail ?? "")
      : progressText(step.progress);
  const word = step.state === "running" ? "" : stepWord(step).word;
  return joined([`▸ ${step.number}/${run.total} ${step.title}`, word, doing, percent, left]);
};

/** How it ended, a sentence or several lines. */
export const endLines = (run: RunJson, page: URL): readonly string[] => {
  const word = runWord(run).word;
  const why = run.error === null ? (run.outcome?.sentence ?? "") : run.error.message;
  const links = run.outcome?.links ?? [];
  return [
    joined([`${word}: ${run.title} #${run.number}`, why]),
    ...links.map(({ label, href }) => `  ${label}: ${new URL(href, page).href}`),
    `  ${page.href}`,
  ].map(oneLine);
};

const joined = (parts: readonly string[]): string => oneLine(parts.filter((part) => part !== "").join(" · "));
