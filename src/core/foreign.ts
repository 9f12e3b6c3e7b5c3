/** A sentence of another system is no longer than this where people read it. */
const longestSentence = 1_000;
/** A name, a version, a path. */
const longestFact = 200;

/** Controls, what turns the direction of a text, what nobody sees, and halves of letters; line breaks and tabs only part words. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu;
const parting = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** A text as one line, without controls and directions of its own. */
export const oneLine = (text: string): string => text.replace(parting, " ").replace(unseen, "").trim();

/**
 * A text that another system told, fit to be kept and shown beside our own words: one line without controls and directions of its own, and no
 * longer than `most` characters.
 */
export const foreignText = (text: string, most: number = longestFact): string => {
  // Cut before it is looked through: it may be of any length.
  const beginning = text.slice(0, 4 * most);
  const plain = oneLine(beginning);
  const letters = Array.from(plain);
  return letters.length <= most && beginning.length === text.length
    ? plain
    : `${letters.slice(0, most - 1).join("")}…`;
};

/** The same for a whole sentence. */
export const foreignSentence = (text: string): string => foreignText(text, longestSentence);
