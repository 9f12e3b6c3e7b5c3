/** The longest sentence that is read, in characters: whoever writes more tells a story. */
export const longestSentence = 300;

/**
 * A sentence as phrases are written: small letters, no accents, straight quotes, single blanks, without mentions and the punctuation
 * around it. "¿Cómo va mi CRM?" → "como va mi crm".
 */
export const plain = (text: string): string =>
  bare(text)
    .replace(/^(?:<@[^>]*>|@[\w-]+)[,:]?\s*/, "")
    .replace(/^\/milepost(?:@\w+)?\s+/, "")
    .replace(/^\/(\w+)(?:@\w+)?/, "$1")
    .replace(/^[\s¿¡]+/, "")
    .replace(/[\s.!?…]+$/, "")
    .trim();

/** Small letters without accents, straight quotes, single blanks. */
export const bare = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}|\p{Cf}/gu, "")
    .replace(/[‘’‛´`]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();

/** The words of a plain text, letters and digits in any script. What is elided stands alone: "n'annule" → "n'", "annule". */
export const wordsOf = (text: string): string[] =>
  text.match(/\p{L}'(?=\p{L})|[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*/gu) ?? [];

/** Whether one of the phrases stands in `words`, as whole words: "more" is not in "moreover". */
export const holdsOne = (words: readonly string[], phrases: readonly string[]): boolean => {
  const text = ` ${words.join(" ")} `;
  return phrases.some((phrase) => text.includes(` ${wordsOf(phrase).join(" ")} `));
};
