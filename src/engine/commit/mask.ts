import type { Run } from "#core/run.ts";
import { createMask as createTextMask, blotted as shown } from "#core/secret-forms.ts";
import { type Secrets, secretOwner } from "#core/secrets.ts";
import type { Move } from "#engine/moves/move.ts";

/** Shorter ones would blot out ordinary words. */
const shortest = 6;
const shortestOfMany = 12;
/** What steps hand on to each other has to stay as it is; no step hands on a secret. What is sealed cannot be read. */
const untouched: ReadonlySet<string> = new Set(["result", "secrets", "privates", "input", "values"]);
/** An ordinary word may be private, and then be what a later question sends. */
const handedOn: ReadonlySet<string> = new Set([...untouched, "name", "value", "press", "does"]);

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

/** Takes a run's own secrets, and what was typed into private fields of its questions, out of everything recorded of it that people read, by whomever: log lines, details, questions, errors with remote output. */
export interface Mask {
  (run: Run, move: Move): Move;
  /** The same for a line that has not ended and may stop in the middle of a secret. */
  unended(run: Run, line: string): string;
}

export const createMask = (secrets: Secrets, hidesOf: (run: Run) => Hides): Mask => {
  // Opening and spelling out the secrets costs; a run's stay the same from one commit to the next.
  const known = new WeakMap<object, Hidden>();
  const hiddenOf = (run: Run): Hidden | null => {
    if (run.secrets === null) return null;
    const there = known.get(run.secrets) ?? hide(run, secrets, hidesOf(run));
    known.set(run.secrets, there);
    return there;
  };
  const privacies = new WeakMap<readonly string[], Hidden>();
  const privacyOf = (texts: readonly string[] | null): Hidden | null => {
    if (texts === null) return null;
    const there = privacies.get(texts) ?? keepPrivate(texts);
    privacies.set(texts, there);
    return there;
  };
  const mask = (run: Run, move: Move): Move => {
    const hidden = hiddenOf(run);
    const masked = hidden === null ? move : (clean(move, hidden.mask, untouched) as Move);
    // Also in the very commit that takes the answer.
    const privacy = privacyOf(move.run?.privates ?? run.privates);
    return keysApart(privacy === null ? masked : (clean(masked, privacy.mask, handedOn) as Move), move);
  };
  const unended = (run: Run, line: string): string =>
    [hiddenOf(run), privacyOf(run.privates)].reduce(
      (shown, hidden) =>
        hidden === null ? shown : hidden.texts.reduce(withoutBeginning, hidden.mask(shown)),
      line,
    );
  return Object.assign(mask, { unended });
};

/** Items are told apart by their keys, also where something was blotted out of several. */
const keysApart = (masked: Move, { items }: Move): Move => {
  const keys = items?.frozen?.map(({ key }) => key);
  if (masked.items?.frozen === undefined || keys === undefined) return masked;
  const frozen = masked.items.frozen.map((item, place) =>
    item.key === keys[place] ? item : { ...item, key: `${item.key} ${place + 1}` },
  );
  return { ...masked, items: { ...masked.items, frozen } };
};

interface Hidden {
  /** The longest first. */
  texts: readonly string[];
  /** Blots them out, whatever form they have. */
  mask(text: string): string;
}

/** What of a secret is secret by itself, by field. */
type Hides = Readonly<Record<string, RegExp>>;

const hide = (run: Run, secrets: Secrets, hides: Hides): Hidden => {
  const texts = Object.entries(run.secrets ?? {})
    .flatMap(([name, sealed]) => {
      const text = secrets.open(sealed, secretOwner(run.id));
      const secret = hides[name];
      // A secret of many lines, such as a file of variables, shows line by line.
      const values =
        secret === undefined
          ? text.split("\n").map((line) => line.slice(line.indexOf("=") + 1).trim())
          : [...text.matchAll(secret)].map(([, value = ""]) => value.trim());
      return [text, ...values.filter((value) => value.length >= shortestOfMany)];
    })
    .filter((text) => text.length >= shortest)
    .sort((a, b) => b.length - a.length);
  return { texts, mask: createTextMask(texts) };
};

/** Fewer are not told from what stands there by chance. */
const shortestPrivate = 3;

const keepPrivate = (given: readonly string[]): Hidden => {
  const texts = given.filter((text) => text.length >= shortestPrivate).sort((a, b) => b.length - a.length);
  const [words, long] = [texts.filter(isShort), texts.filter((text) => !isShort(text))];
  const mask = createTextMask(long);
  // A short one is a part of many words.
  const alone = words.map(
    (word) =>
      new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?![\\p{L}\\p{N}])`, "gu"),
  );
  return {
    texts: long,
    mask: (text) => alone.reduce((masked, one) => masked.replaceAll(one, shown), mask(text)),
  };
};

const isShort = ({ length }: string): boolean => length < shortest;

/** A few letters may be the beginning of anything. */
const shortestBeginning = 3;

const withoutBeginning = (line: string, secret: string): string => {
  for (let length = Math.min(secret.length - 1, line.length); length >= shortestBeginning; length -= 1)
    if (line.endsWith(secret.slice(0, length))) return `${line.slice(0, -length)}${shown}`;
  return line;
};

const clean = (value: unknown, mask: Hidden["mask"], kept: ReadonlySet<string>): unknown => {
  if (typeof value === "string") return mask(value);
  if (Array.isArray(value)) return value.map((one) => clean(one, mask, kept));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      kept.has(name) || (ours.has(name) && typeof one === "string") ? one : clean(one, mask, kept),
    ]),
  );
};
