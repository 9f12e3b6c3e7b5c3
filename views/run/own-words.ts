import { namesNoReason, namesReason, withoutTime } from "#core/names-a-reason.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import type { StoredError } from "#core/step.ts";
import { shortText } from "#views/format.ts";
import { plainText } from "./ansi.ts";

const longest = 140;
const mostLines = 8;
/** Words shorter than this may stand in a sentence by chance. */
const shortestQuote = 12;

/**
 * What failed in its own words, short enough for a headline: of what came back the last that names a reason, or the last at all; or what an
 * author's function threw. What was killed said nothing of that.
 */
export const ownWords = ({ message, detail }: Pick<StoredError, "message" | "detail">): string | null => {
  const killed = /: (killed \(SIG[A-Z]+\).*)\.$/.exec(message)?.[1];
  const thrown = /\bthrew (?:[A-Z]\w*: )?(.+)$/s.exec(message)?.[1] ?? null;
  const said = saidIn(detail ?? "");
  // What the sentence quotes is why; what came after it is often only how such an answer ends.
  const words =
    said.findLast((line) => line.length >= shortestQuote && message.includes(line)) ??
    said.findLast(namesReason) ??
    killed ??
    said.findLast((line) => !namesNoReason(line)) ??
    said.at(-1) ??
    thrown;
  return words === null ? null : shortText(words.replaceAll(/\s+/g, " "), longest);
};

/** The lines that say something. */
const saidIn = (text: string): string[] =>
  text
    .split("\n")
    .flatMap((line) => wordsIn(withoutTime(plainText(line).trim())))
    .filter((words) => /\p{L}{2}/u.test(words));

/** Of a line that is data what it says, of a page its heading: neither says anything by how it is written. */
const wordsIn = (line: string): string[] => {
  if (line.startsWith("<")) return /<(?:title|h1)\b[^>]*>([^<]+)/i.exec(line)?.slice(1) ?? [];
  if (/^[[\]{}"]/.test(line))
    return /"(?:msg|message|error|detail)"\s*:\s*"([^"\\]+)"/.exec(line)?.slice(1) ?? [];
  return [line];
};

/** The last lines that the failed attempt of a step wrote; what it was about to run, as plans and logs show that, is no answer. */
export const lastLines = ({ log }: RunPicture, { id, attempt }: StepPicture): string => {
  const lines = log
    .filter((line) => line.stepId === id && line.attempt === attempt)
    .slice(-mostLines)
    .map(({ text }) => plainText(text));
  return lines.every((line) => line.startsWith("$ ")) ? "" : lines.join("\n");
};
