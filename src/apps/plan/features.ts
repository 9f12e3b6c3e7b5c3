/** What a description asks of an app besides tables, as far as it has to do with alerts, summaries and the like. */
export interface Features {
  /** A warning when stock runs low; `limit` as far as the description says it. */
  alert: { limit: number | null } | null;
  /** Said of features that every app has. */
  understood: string[];
  /** Said of features that no app has. */
  warnings: string[];
}

/** What every app has, and the words for it. */
export const everyAppHas: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:(?:daily|weekly|monthly|sales|booking) )?(?:summar(?:y|ies)|reports?|reporting|dashboards?|overview|statistics|stats)\b/,
    "The start page counts every table and lists what is new today.",
  ],
  [/\b(?:search|searching|filters?|filtering|sorting)\b/, "Every list can be searched, filtered and sorted."],
  [
    /\b(?:csv|excel|spreadsheet) ?(?:import|export|upload|download)?s?\b/,
    "Every table can be imported from CSV and exported to CSV.",
  ],
  [/\b(?:kanban|boards?)\b/, "Tables with a status get a board."],
  [/\bdark mode\b/, "Light and dark follow the browser's own setting."],
];

/** What no app has, and why. */
export const noAppHas: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:remind(?:ers?|s|ed)?|notif(?:ications?|y|ies)|alert me by|sends?|whatsapp|sms|text messages?|whatsapp messages?|newsletters?|email campaigns?|send(?:s|ing)? emails?)\b/,
    "Generated apps send no messages or reminders; dates and statuses can be looked up in the lists.",
  ],
  [
    /\b(?:logins?|sign ?in|user accounts?|permissions?|access rights|passwords?)\b/,
    "Generated apps have no accounts of their own: whoever is signed in to Milepost may use them.",
  ],
  [
    /\b(?:stripe|paypal|credit card payments?|online payments?|payment gateway|checkout page)\b/,
    "Generated apps take no money; payments can be recorded.",
  ],
  [
    /\b(?:photos?|images?|pictures?|file uploads?|attachments?)\b/,
    "Generated apps keep no pictures or files; a column of the type “url” can point to them.",
  ],
  [
    /\b(?:charts?|graphs?|maps?|gantt|calendar view|calendars?)\b/,
    "Generated apps draw no charts, maps or calendars; dates can be sorted and filtered.",
  ],
  [
    /\b(?:barcodes?|qr codes?|scanners?)\b/,
    "Generated apps scan no codes; a column can hold what a scanner types.",
  ],
  [/\b(?:chatbots?|live chat|ai assistant)\b/, "Generated apps have no chat."],
];

const stockAlert =
  /\b(?:low[- ]stock|stock|inventory|reorder)(?: level)? (?:alerts?|warnings?|notifications?|alarms?|reminders?)\b|\b(?:alerts?|warn(?:s|ings?)?|notif(?:y|ies)) (?:me |us )?(?:when|if) [^.;]*\b(?:stock|low|below|under|quantity)\b|\blow[- ]stock\b/g;
const limitWords = /\b(?:below|under|less than|fewer than|down to|falls? to)\s+(\d{1,6})\b/;

/** Takes the features out of a description, so that none of their words is taken for a table: gives the rest and what they are. */
export const takeFeatures = (text: string): { rest: string; features: Features } => {
  const features: Features = { alert: null, understood: [], warnings: [] };
  let rest = text.toLowerCase();
  if (stockAlert.test(rest)) {
    const limit = limitWords.exec(rest)?.[1];
    features.alert = { limit: limit === undefined ? null : Number(limit) };
    stockAlert.lastIndex = 0;
    rest = rest
      .replaceAll(stockAlert, " , ")
      .replace(
        /\b(?:when|if)?\s*(?:below|under|less than|fewer than)\s+\d+(?:\s+(?:units?|pieces?|items?))?/,
        " ",
      );
  }
  const take = (known: typeof everyAppHas, said: string[], replaced: string) => {
    for (const [pattern, sentence] of known) {
      const all = new RegExp(pattern.source, "g");
      if (!all.test(rest)) continue;
      said.push(sentence);
      rest = rest.replaceAll(all, replaced);
    }
  };
  take(noAppHas, features.warnings, " ");
  // “repair board” is still to be read as a repair with a status.
  take(
    everyAppHas.filter(([pattern]) => !pattern.source.includes("kanban")),
    features.understood,
    " ",
  );
  return { rest, features };
};
