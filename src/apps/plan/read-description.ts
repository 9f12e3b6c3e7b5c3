import { type Chunk, chunksOf } from "./chunks.ts";
import type { Known } from "./dictionary.ts";
import { isBusiness } from "./domains.ts";
import { isListedProperty, isPlural, isProperty, propertyIn } from "./fields.ts";
import type { Noun } from "./noun.ts";
import { plural } from "./plural.ts";
import { comesWith, resolve, scan, unknownTable, withoutGeneric } from "./resolve.ts";

/** A table that the description mentions. */
export interface Mention {
  /** Its name in words, plural. */
  words: string;
  noun: Noun | null;
  /** The columns that were listed, in the person's words; empty when none were. */
  properties: string[];
  /** Columns that were mentioned by the way; they come on top of the usual ones. */
  extras: string[];
  /** It goes through states: the values where they were given. */
  status: { options: readonly string[] | null } | null;
  /** `head`: it is part of what the app is called; `list`: it was named for itself. */
  from: "head" | "list";
}

export interface Reading {
  mentions: Mention[];
  /** What the app is called in general: “reservation system”. */
  head: readonly string[];
  /** Whom it is for: “bike shop”. */
  business: readonly string[];
}

const statusWords = new Set([
  "status",
  "statuses",
  "stage",
  "stages",
  "workflow",
  "workflows",
  "board",
  "boards",
  "pipeline",
  "kanban",
]);

/** Reads a description from left to right: which things it names, which of their properties, and what it is for. */
export const readDescription = (text: string): Reading => {
  const reading: Reading = { mentions: [], head: [], business: [] };
  const seated = /\b(?:restaurant|cafe|bar|bistro|pub|dining|diner|seat|reserv|booking|waiter)/i.test(text);
  for (const sentence of chunksOf(text)) readSentence(sentence, reading, seated);
  // “An app for my vinyl records” names nothing else, so what it is for is what it keeps.
  const only = reading.mentions.length === 0 ? resolve(reading.business) : undefined;
  if (only !== undefined) mention(reading, only, "list");
  return { ...reading, mentions: withoutRepeats(reading.mentions) };
};

/** “Booking system with rooms and reservations” names the same table twice; the one that stands for itself is meant. */
const withoutRepeats = (mentions: readonly Mention[]): Mention[] =>
  mentions.filter(
    (one) =>
      one.from === "list" ||
      !mentions.some((other) => other !== one && other.from === "list" && other.noun === one.noun),
  );

const readSentence = (chunks: readonly Chunk[], reading: Reading, seated: boolean): void => {
  let current: Mention | null = null;
  /** Properties of `current` are being listed. */
  let listing = false;
  for (const [index, chunk] of chunks.entries()) {
    const { words, intro } = chunk;
    if (chunk.clause) continue;
    const opens: boolean = chunks[index + 1]?.intro === "with";
    if (intro === "start" && !standsForItself(chunk, opens || chunks[index + 1]?.intro === "list")) {
      reading.head = words;
      for (const known of scan(words)) current = mention(reading, known, "head");
      listing = false;
      continue;
    }
    if (intro === "for" && (chunk.possessed || !isPlural(words) || isBusiness(words))) {
      if (reading.business.length === 0) reading.business = words;
      continue;
    }
    const status: Mention | null = statusOf(chunk, reading, current);
    if (status !== null) {
      current = status;
      continue;
    }
    const takesMore: boolean = current !== null && (listing || (intro === "with" && current.from === "list"));
    const known = sameAgain(reading, words) ?? resolveHere(words, seated);
    if (current !== null && isPropertyHere({ words, known, listing: takesMore, opens })) {
      const property = propertyIn(withoutGeneric(words).length === 0 ? words : withoutGeneric(words));
      (takesMore ? current.properties : current.extras).push(property);
      listing = takesMore;
      continue;
    }
    if (known !== undefined) {
      if (known.noun !== null)
        for (const other of comesWith(words, { ...known, noun: known.noun })) mention(reading, other, "list");
      current = mention(reading, known, "list");
      listing = false;
      continue;
    }
    const named: string | null = unknownTable(words, intro !== "verb");
    if (named !== null && !isProperty(words)) {
      current = mention(reading, { noun: null, words: named }, "list");
      listing = false;
    }
  }
};

/** “Each feeding has a date”: a table that the text has named before, though no dictionary knows it. */
const sameAgain = (
  reading: Reading,
  words: readonly string[],
): Pick<Mention, "words" | "noun"> | undefined => {
  const many = plural(withoutGeneric(words).join(" "));
  if (many === "") return undefined;
  return reading.mentions.find(
    (one) => one.noun === null && (one.words === many || one.words.endsWith(` ${many}`)),
  );
};

/** In a restaurant “tables” are what guests sit at; elsewhere it is a word for what an app consists of. */
const resolveHere = (words: readonly string[], seated: boolean): Known | undefined => {
  const [first, second] = words;
  const bare =
    (first === "table" || first === "tables") && (second === undefined || withoutGeneric(words).length === 0);
  if (bare) return seated ? resolve(["dining", "table"]) : undefined;
  return resolve(words);
};

/** A text may begin with its first table at once: “Customers, orders and products” or “Books with title and author”. */
const standsForItself = ({ words }: Chunk, more: boolean): boolean =>
  isPlural(words) && words.length <= 2 && (resolve(words) !== undefined || more);

const isPropertyHere = ({
  words,
  known,
  listing,
  opens,
}: {
  words: readonly string[];
  known: Pick<Mention, "words" | "noun"> | undefined;
  listing: boolean;
  opens: boolean;
}): boolean => {
  if (words.length === 0 || (opens && isPlural(words))) return false;
  if (!listing) return known === undefined && isProperty(words);
  if (known === undefined) return words.length <= 3;
  return isListedProperty(words) || !isPlural(words);
};

/** “repair status”, “a board of orders”, “with status: open, closed”: the table that goes through states, if that is what it says. */
const statusOf = ({ words, options }: Chunk, reading: Reading, current: Mention | null): Mention | null => {
  if (options === null && !words.some((word) => statusWords.has(word))) return null;
  const rest = words.filter((word) => !statusWords.has(word));
  const known = rest.length === 0 ? undefined : resolve(rest);
  if (known === undefined && rest.length > 0 && withoutGeneric(rest).length > 0) {
    // “rsvp status” is a property like any other, unless values were given.
    if (options === null || current === null) return null;
  }
  const meant = known === undefined ? current : mention(reading, known, "list");
  if (meant === null) return null;
  meant.status = { options: options ?? meant.status?.options ?? null };
  return meant;
};

const mention = (
  reading: Reading,
  { words, noun }: { words: string; noun: Noun | null },
  from: Mention["from"],
): Mention => {
  const there = reading.mentions.find((one) => one.words === words);
  if (there !== undefined) {
    if (from === "list") there.from = "list";
    return there;
  }
  const added: Mention = { words, noun, properties: [], extras: [], status: null, from };
  reading.mentions.push(added);
  return added;
};
