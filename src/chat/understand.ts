import type { Remembered, Said } from "#core/chat.ts";
import { type Verb, whereItMay } from "#core/rules.ts";
import { isOver, type RunState } from "#core/states.ts";
import { fullName, isAround, isIt, isTitle, mentioned, type Named, named, nearest } from "./names.ts";
import { advisedOn, type Heard, heardIn, wholeIn, withoutAsking, withoutManners } from "./phrases.ts";
import { holdsOne, longestSentence, plain, wordsOf } from "./plain.ts";
import { every } from "./words/languages.ts";

/** A run that may be spoken of; the newest stands first in a list. */
export interface Spoken extends Named {
  state: RunState;
}

/** What a sentence may rest on besides itself. */
export interface Context {
  /** Milliseconds since 1970. */
  now: number;
  workflows: readonly Named[];
  about: Remembered["about"];
  listed: Remembered["listed"];
  pending: Omit<NonNullable<Remembered["pending"]>, "standing"> | null;
}

/** Why nothing is done though a sentence speaks of doing something. */
export type Because = "too-long" | "negated" | "conditional" | "several";

/** What a sentence means. */
export type Reading =
  | {
      kind: "tell" | "do";
      says: Said;
      run: string /** So many runs have this title; this is the one that matters. */;
      of: number;
    }
  | { kind: "start"; workflow: string }
  | { kind: "list" | "failed" | "waiting" | "help" }
  | { kind: "confirmed"; says: Said; run: string }
  | { kind: "declined"; says: Said; run: string }
  /** Which of these, or of all when there are none? */
  | { kind: "which"; says: Said | "start"; among: readonly string[] }
  /** Nothing has this name; `near` has one like it. */
  | { kind: "nameless"; says: Said | "start"; name: string; near: string | null }
  | { kind: "wrong-state"; says: Said; run: string }
  /** Somebody asks whether to do it. */
  | { kind: "advice"; says: Said; run: string }
  | { kind: "nothing"; because: Because }
  | { kind: "unknown"; near: string | null };

const asking: ReadonlySet<Said | "start"> = new Set(["status", "eta", "logs", "why"]);

/** Which verb of a run each of them is. */
export const verbOf = {
  pause: "pause",
  resume: "resume",
  retry: "retry",
  skip: "skip",
  cancel: "cancel",
  restart: "startOver",
  approve: "answer",
  reject: "answer",
  answer: "answer",
} as const satisfies Partial<Record<Said, Verb>>;

export const isAct = (says: Said | "start"): says is keyof typeof verbOf => says in verbOf;

const negations = every("negations");
const conditions = every("conditions");
const several = every("several");
/** So long one may choose from a list, and so long "it" is what was spoken of. */
const choiceMs = 10 * 60_000;
const itMs = 30 * 60_000;
/** So long a question waits for its yes. */
export const yesMs = 2 * 60_000;
const longestList = 5;

/**
 * What a sentence means to whoever may see these runs. It is pure and knows its phrases by heart: it never guesses, and what is negated,
 * asked for advice, put off or about several things at once is never done.
 */
export const understand = (text: string, runs: readonly Spoken[], context: Context): Reading => {
  if (text.length > longestSentence) return { kind: "nothing", because: "too-long" };
  const said = plain(text);
  const alone = wholeSaid(said, runs, context);
  if (alone !== null) return isQuestion(text) ? onlyAsked(alone) : alone;
  const sentence = withoutManners(said);
  const advice = advisedOn(sentence);
  if (advice !== null) return adviceOn(advice, runs, context);
  const asked = withoutManners(withoutAsking(sentence));
  const again = wholeSaid(asked, runs, context);
  if (again !== null && again.kind !== "confirmed") return again;
  const heard = heardIn(asked);
  const [first] = heard;
  if (first === undefined) return bareName(asked, runs);
  // "stop words study" may name a run; "stop" may not.
  const readings = heard.map((one) => readingOf(one, asked, runs, context));
  const reading = readings.find(({ kind }) => kind !== "nameless") ?? (readings[0] as Reading);
  return isQuestion(text) && asked === sentence ? onlyAsked(reading) : reading;
};

const isQuestion = (text: string): boolean => /^\s*¿|[?？]["'”’»\s!.]*$/u.test(text);

/** "Cancel it?" asks whether to, and so does "yes?"; "could you cancel it?" does not. */
const onlyAsked = (reading: Reading): Reading => {
  if (reading.kind === "start") return { kind: "which", says: "start", among: [reading.workflow] };
  if (reading.kind !== "do" && reading.kind !== "confirmed") return reading;
  return { kind: "advice", says: reading.says, run: reading.run };
};

const wholeSaid = (sentence: string, runs: readonly Spoken[], context: Context): Reading | null => {
  const { now, listed, pending } = context;
  const number = /^#?([0-9]{1,2})$/.exec(sentence)?.[1];
  if (number !== undefined && listed !== null && now - listed.at <= choiceMs) {
    const run = listed.runs[Number(number) - 1];
    if (run !== undefined) return meant(listed.says, run, runs, 1);
  }
  const whole = wholeIn(sentence);
  if (whole === null) return null;
  if (whole !== "yes" && whole !== "no") return { kind: whole };
  if (pending === null || now - pending.at > yesMs) return { kind: "unknown", near: null };
  const { says, run } = pending;
  return whole === "yes" ? { kind: "confirmed", says, run } : { kind: "declined", says, run };
};

/** A sentence without a verb is a question about the run that it names. */
const bareName = (sentence: string, runs: readonly Spoken[]): Reading => {
  const turnedRound = holdsOne(wordsOf(sentence), negations);
  const found = named(sentence, runs);
  if (found.length > 0 && !turnedRound) return chosen("status", found, runs);
  if (turnedRound) return { kind: "nothing", because: "negated" };
  return { kind: "unknown", near: mentioned(sentence, runs)?.id ?? null };
};

const adviceOn = (sentence: string, runs: readonly Spoken[], context: Context): Reading => {
  const reading = heardIn(sentence)
    .map((one) => readingOf(one, sentence, runs, context))
    .find(({ kind }) => kind === "do" || kind === "wrong-state");
  return reading?.kind === "do" || reading?.kind === "wrong-state"
    ? { kind: "advice", says: reading.says, run: reading.run }
    : { kind: "unknown", near: mentioned(sentence, runs)?.id ?? null };
};

const readingOf = (
  { says, name }: Heard,
  sentence: string,
  runs: readonly Spoken[],
  context: Context,
): Reading => {
  const because = asking.has(says) ? null : stopped(sentence, name, [...runs, ...context.workflows]);
  if (because !== null) return { kind: "nothing", because };
  if (says === "start") return startOf(name ?? "", context.workflows);
  if (name === null || isIt(name)) {
    const { about, now } = context;
    return about !== null && now - about.at <= itMs
      ? meant(says, about.run, runs, 1)
      : { kind: "which", says, among: [] };
  }
  const found = named(name, runs);
  return found.length > 0
    ? chosen(says, found, runs)
    : { kind: "nameless", says, name, near: nearest(name, runs)?.id ?? null };
};

/** What keeps a sentence from being done; a name that is a title letter by letter may hold any word. */
const stopped = (sentence: string, name: string | null, all: readonly Named[]): Because | null => {
  const isWhole = name !== null && isTitle(name, all);
  const around = isWhole && name !== null ? sentence.replace(name, "") : sentence;
  if (holdsOne(wordsOf(around), negations)) return "negated";
  if (name === null || isWhole) return null;
  const words = wordsOf(name);
  if (holdsOne(words, conditions)) return "conditional";
  // What stands first joins nothing: "o" is "or" in one language, and "the" in another.
  const joining = isAround(words[0]) ? words.slice(1) : words;
  return name.includes(",") || holdsOne(joining, several) ? "several" : null;
};

const startOf = (name: string, workflows: readonly Named[]): Reading => {
  const found = named(name, workflows);
  const [one] = found;
  if (one === undefined)
    return { kind: "nameless", says: "start", name, near: nearest(name, workflows)?.id ?? null };
  return found.length === 1
    ? { kind: "start", workflow: one.id }
    : { kind: "which", says: "start", among: found.slice(0, longestList).map(({ id }) => id) };
};

/** Of several runs those for which it makes sense; of those with one title the one that goes on, else the newest. */
const chosen = (says: Said, found: readonly Spoken[], runs: readonly Spoken[]): Reading => {
  const fit = isAct(says) ? found.filter(({ state }) => whereItMay(verbOf[says]).includes(state)) : found;
  const among = fit.length > 0 ? fit : found;
  const titles = new Set(among.map(fullName));
  const [newest] = among;
  if (newest === undefined) return { kind: "unknown", near: null };
  if (titles.size > 1) return { kind: "which", says, among: among.slice(0, longestList).map(({ id }) => id) };
  const { id } = among.find(({ state }) => !isOver(state)) ?? newest;
  return meant(says, id, runs, found.filter((one) => fullName(one) === fullName(newest)).length);
};

const meant = (says: Said, id: string, runs: readonly Spoken[], of: number): Reading => {
  const run = runs.find((one) => one.id === id);
  if (run === undefined) return { kind: "which", says, among: [] };
  if (!isAct(says)) return { kind: "tell", says, run: id, of };
  return whereItMay(verbOf[says]).includes(run.state)
    ? { kind: "do", says, run: id, of }
    : { kind: "wrong-state", says, run: id };
};
