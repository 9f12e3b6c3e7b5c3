/** What spreadsheets skip before they look whether a cell is a formula: blanks, and signs that nobody sees. */
const skipped = String.raw`[\s\p{C}]*`;
/** The wide ones are taken for these where people write Chinese or Japanese. */
const signs = String.raw`[=+\-@\t\r＝＋－＠]`;
const formula = new RegExp(`^'*${skipped}${signs}`, "u");
const quotedFormula = new RegExp(`^'+${skipped}${signs}`, "u");
/** Nothing can be run in it, and with an apostrophe nobody can call it. */
const phoneNumber = /^\+\d[\d ]*$/;

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front, so that nobody's notes run as one; `withoutApostrophe`
 * takes it off again.
 */
export const harmless = (text: string): string =>
  formula.test(text) && !phoneNumber.test(text) ? `'${text}` : text;

/** What `harmless` was given. */
export const withoutApostrophe = (text: string): string => (quotedFormula.test(text) ? text.slice(1) : text);
