import type { Run } from "#core/run.ts";
import { createMask as createTextMask, blotted as shown } from "#core/secret-forms.ts";
import { type Secrets, secretOwner } from "#core/secrets.ts";
import type { Move } from "#engine/moves/move.ts";

/** Shorter ones would blot out ordinary words. */
const shortest = 6;
const shortestOfMany = 12;
/** What steps hand on to each other has to stay as it is; no step hands on a secret. What is sealed cannot be read. */
const untouched: ReadonlySet<string> = new Set(["result", "secrets", "input", "values"]);

/** Names that Milepost itself reads: a password that happens to be one of them must not break the run, and is told by none. */
const ours: ReadonlySet<string> = new Set([
  ...[
    "id",
    "stepId",
    "state",
    "from",
    "to",
    "type",
    "kind",
    "code",
    "for",
    "wish",
    "outcome",
    "level",
    "unit",
  ],
  ...["pausedFrom", "undoTo", "claimedBy", "lock", "mode"],
]);

/** Takes a run's own secrets out of everything recorded of it that people read, by whomever: log lines, details, questions, errors with remote output. */
export interface Mask {
  (run: Run, move: Move): Move;
  /** The same for a line that has not ended and may stop in the middle of a secret. */
  unended(run: Run, line: string): string;
}

export const createMask = (secrets: Secrets): Mask => {
  // Opening and spelling out the secrets costs; a run's stay the same from one commit to the next.
  const known = new WeakMap<object, Hidden>();
  const hiddenOf = (run: Run): Hidden | null => {
    if (run.secrets === null) return null;
    const there = known.get(run.secrets) ?? hide(run, secrets);
    known.set(run.secrets, there);
    return there;
  };
  const mask = (run: Run, move: Move): Move => {
    const hidden = hiddenOf(run);
    return hidden === null ? move : (clean(move, hidden.mask) as Move);
  };
  const unended = (run: Run, line: string): string => {
    const hidden = hiddenOf(run);
    return hidden === null ? line : hidden.texts.reduce(withoutBeginning, hidden.mask(line));
  };
  return Object.assign(mask, { unended });
};

interface Hidden {
  /** The longest first. */
  texts: readonly string[];
  /** Blots them out, whatever form they have. */
  mask(text: string): string;
}

const hide = (run: Run, secrets: Secrets): Hidden => {
  const texts = Object.values(run.secrets ?? {})
    .flatMap((sealed) => {
      const text = secrets.open(sealed, secretOwner(run.id));
      // A secret of many lines, such as a file of variables, shows line by line.
      const values = text.split("\n").map((line) => line.slice(line.indexOf("=") + 1).trim());
      return [text, ...values.filter((value) => value.length >= shortestOfMany)];
    })
    .filter((text) => text.length >= shortest)
    .sort((a, b) => b.length - a.length);
  return { texts, mask: createTextMask(texts) };
};

/** A few letters may be the beginning of anything. */
const shortestBeginning = 3;

const withoutBeginning = (line: string, secret: string): string => {
  for (let length = Math.min(secret.length - 1, line.length); length >= shortestBeginning; length -= 1)
    if (line.endsWith(secret.slice(0, length))) return `${line.slice(0, -length)}${shown}`;
  return line;
};

const clean = (value: unknown, mask: Hidden["mask"]): unknown => {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((one) => clean(one, mask));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      untouched.has(name) || (ours.has(name) && typeof one === "string") ? one : clean(one, mask),
    ]),
  );
};
