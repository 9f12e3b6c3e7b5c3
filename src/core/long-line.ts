/** Longer lines are cut where they are read: a log is for reading. */
const longestLine = 4_000;
const keptOfBeginning = 2_400;
const keptOfEnd = 1_400;

/** Whether a line is too long to be shown whole. */
export const isLong = (text: string): boolean => text.length > longestLine;

/** Its beginning and its end, and between them how much is not there; `where`: what became of that. */
export const shortened = (text: string, where = ""): string => {
  if (!isLong(text)) return text;
  const beginning = wholeSigns(text.slice(0, keptOfBeginning));
  const end = wholeSigns(text.slice(-keptOfEnd));
  const left = (text.length - beginning.length - end.length).toLocaleString("en-US");
  return `${beginning} … [${left} characters are left out here${where}] … ${end}`;
};

/** Without halves of signs and of escapes at the edges. */
const wholeSigns = (text: string): string =>
  text
    .replace(/^[\udc00-\udfff]/, "")
    .replace(/[\ud800-\udbff]$/, "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
    .replace(/\u001b[^a-zA-Z]*$/, "");
