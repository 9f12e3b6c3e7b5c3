import type { RunPicture, StepPicture } from "#core/picture.ts";
import type { StoredError } from "#core/step.ts";
import { shortText } from "#views/format.ts";
import { plainText } from "./ansi.ts";

const longest = 140;
const mostLines = 8;

/** What failed in its own words, short enough for a headline: the last thing that came back, or what an author's function threw. */
export const ownWords = ({ message, detail }: Pick<StoredError, "message" | "detail">): string | null => {
  const thrown = /\bthrew (?:[A-Z]\w*: )?(.+)$/s.exec(message)?.[1] ?? null;
  const words = lastSaid(detail ?? "") ?? thrown;
  return words === null ? null : shortText(words.replaceAll(/\s+/g, " "), longest);
};

/** The last line that says something; data that came back says nothing by its last line. */
const lastSaid = (text: string): string | null => {
  const line = text
    .split("\n")
    .map((one) => plainText(one).trim())
    .findLast((one) => one !== "");
  return line !== undefined && /\p{L}{2}/u.test(line) && !/^[[\]{}"<]/.test(line) ? line : null;
};

/** The last lines that the failed attempt of a step wrote. */
export const lastLines = ({ log }: RunPicture, { id, attempt }: StepPicture): string =>
  log
    .filter((line) => line.stepId === id && line.attempt === attempt)
    .slice(-mostLines)
    .map(({ text }) => plainText(text))
    .join("\n");
