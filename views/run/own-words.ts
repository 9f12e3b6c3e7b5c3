import type { RunPicture, StepPicture } from "#core/picture.ts";
import type { StoredError } from "#core/step.ts";
import { shortText } from "#views/format.ts";
import { plainText } from "./ansi.ts";

const longest = 140;
const mostLines = 8;
/** Words shorter than this may stand in a sentence by chance. */
const shortestQuote = 12;

/** What failed in its own words, short enough for a headline: the last thing that came back, or what an author's function threw. */
export const ownWords = ({ message, detail }: Pick<StoredError, "message" | "detail">): string | null => {
  const thrown = /\bthrew (?:[A-Z]\w*: )?(.+)$/s.exec(message)?.[1] ?? null;
  const said = saidIn(detail ?? "");
  // What the sentence quotes is why; what came after it is often only how such an answer ends.
  const words =
    said.findLast((line) => line.length >= shortestQuote && message.includes(line)) ??
    lastSaid(said) ??
    thrown;
  return words === null ? null : shortText(words.replaceAll(/\s+/g, " "), longest);
};

const saidIn = (text: string): string[] =>
  text
    .split("\n")
    .map((one) => plainText(one).trim())
    .filter((one) => one !== "");

/** The last line, where it says something; data that came back says nothing by it. */
const lastSaid = (lines: readonly string[]): string | null => {
  const line = lines.at(-1);
  return line !== undefined && /\p{L}{2}/u.test(line) && !/^[[\]{}"<]/.test(line) ? line : null;
};

/** The last lines that the failed attempt of a step wrote. */
export const lastLines = ({ log }: RunPicture, { id, attempt }: StepPicture): string =>
  log
    .filter((line) => line.stepId === id && line.attempt === attempt)
    .slice(-mostLines)
    .map(({ text }) => plainText(text))
    .join("\n");
