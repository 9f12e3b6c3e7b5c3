/** A text that others wrote, as a sentence that another one may follow: "Put it live?", "The site is replaced." */
export const ended = (text: string): string => (/[.!?…:]$/.test(text) ? text : `${text}.`);

/** What several texts say, sentences or names, as one: "The site. Its shop.", "shop.example, its cart". */
export const together = (texts: readonly string[]): string =>
  texts.reduce((all, text) => (all === "" ? text : `${all}${/[.!?…]$/.test(all) ? "" : ","} ${text}`), "");
