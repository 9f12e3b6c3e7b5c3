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
  [
    /\b(?:low[- ]stock|stock) (?:alerts?|warnings?)\b/,
    "The start page warns of a row whose number “stock” or “quantity” is not above its “min stock”: give the table both columns.",
  ],
  [/\b(?:chatbots?|live chat|ai assistant)\b/, "Generated apps have no chat."],
];
