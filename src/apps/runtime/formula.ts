/** What spreadsheets skip before they look whether a cell is a formula: blanks, and signs that nobody sees. */
const skipped = String.raw`[\s\u200b-\u200f\u2060\ufeff]*`;
const formula = new RegExp(`^'*${skipped}[=+\\-@\\t\\r]`);
const quotedFormula = new RegExp(`^'+${skipped}[=+\\-@\\t\\r]`);

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front, so that nobody's notes run as one; `withoutApostrophe`
 * takes it off again.
 */
export const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);

/** What `harmless` was given. */
export const withoutApostrophe = (text: string): string => (quotedFormula.test(text) ? text.slice(1) : text);
